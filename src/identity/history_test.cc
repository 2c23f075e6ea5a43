#include "identity/history.h"

#include <gtest/gtest.h>

#include "identity/identity_testing.h"

namespace icn::identity {
namespace {

using testing::key_named;
using testing::nonce_named;
using testing::TestLedger;

// A DID that was made, got a service, rotated and ended, on the ledger of network "old".
struct Past {
  TestLedger ledger{false, "old"};
  Did did;
  std::vector<PastChange> changes;

  Past() {
    const crypto::SecretKey key = key_named("alice");
    const Did maker = crypto::did_key(key.public_key());
    did = make_did_icn(IdentityType::kPerson, key.public_key(), nonce_named("alice"));
    submit(maker, crypto::did_key_method(key.public_key()), key, "identity.create",
           {{"type", "person"},
            {"public_key", crypto::multikey_text(key.public_key())},
            {"nonce", hex_encode(nonce_named("alice"))},
            {"proof", proof(key, nonce_named("alice"))}});
    ledger.advance(100);
    submit(did, icn_key_id(did, 1), key, "identity.services",
           {{"add", codec::Json::array({codec::Json::object(
                        {{"id", "home"}, {"type", "Home"}, {"endpoint", "https://a.example"}})})}});
    const crypto::SecretKey next = key_named("alice again");
    submit(did, icn_key_id(did, 1), key, "identity.rotate",
           {{"new_key", crypto::multikey_text(next.public_key())},
            {"nonce", hex_encode(nonce_named("again"))},
            {"proof", proof(next, nonce_named("again"))}});
    ledger.advance(7);
    submit(did, icn_key_id(did, 2), next, "identity.deactivate", {});
    changes = past_changes(ledger.store(), did).value();
  }

  std::string proof(const crypto::SecretKey& key, const Bytes& nonce) const {
    return hex_encode(key.sign(key_proof_bytes("old", did, nonce, key.public_key())).view());
  }
  void submit(const Did& sender, const KeyId& key_id, const crypto::SecretKey& key, std::string_view type,
              std::initializer_list<codec::Json::Member> body) {
    const auto done = ledger.submit(sender, key_id, key, type, codec::Json::object(body));
    ASSERT_TRUE(done.ok()) << done.error().detail();
  }
};

TEST(HistoryTest, VersionsAreRebuiltByteForByte) {
  Past past;
  const auto versions = rebuild_versions("old", past.changes).value();
  ASSERT_EQ(versions.size(), 4u);
  for (std::uint64_t version = 1; version <= 3; ++version) {
    const auto kept = kFormerVersions.get(past.ledger.store(), {past.did, version}).value();
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(codec::encode_record(versions[version - 1]), codec::encode_record(*kept)) << version;
  }
  const auto newest = kDocuments.get(past.ledger.store(), past.did).value();
  EXPECT_EQ(codec::encode_record(versions.back()), codec::encode_record(*newest));
}

TEST(HistoryTest, AnotherLedgerTakesItOnceAndKnowsItsKeys) {
  Past past;
  const auto versions = rebuild_versions("old", past.changes).value();
  TestLedger other(false, "new");
  ledger::View view(other.store());
  EXPECT_TRUE(bring_versions(view, versions).value());
  EXPECT_FALSE(bring_versions(view, versions).value());
  for (const ledger::Invariant& each : invariants()) {
    const auto held = each.holds(view, 0);
    EXPECT_TRUE(held.ok()) << each.name << ": " << held.error().detail();
  }
  ASSERT_TRUE(other.store().write(view.take_rows(), storage::Durability::kBuffered).ok());
  for (const char* name : {"alice", "alice again"}) {
    const DidKeyBytes use{past.did, to_bytes(key_named(name).public_key().view())};
    const auto here = kKeyUses.get(other.store(), use).value();
    const auto there = kKeyUses.get(past.ledger.store(), use).value();
    ASSERT_TRUE(here && there);
    EXPECT_EQ(here->number, there->number);
    EXPECT_EQ(here->added_version, there->added_version);
    EXPECT_EQ(here->retired_version, there->retired_version);
  }
  EXPECT_EQ(kCounts.get(other.store(), "dids").value()->dids, 1u);
  EXPECT_EQ(kCounts.get(other.store(), "dids").value()->deactivated, 1u);
}

TEST(HistoryTest, WhatDoesNotFollowIsRefused) {
  Past past;
  const auto refused = [&](std::vector<PastChange> changes, std::string_view network = "old") {
    const auto made = rebuild_versions(network, changes);
    return !made.ok() && made.error().is(kBadDidHistory);
  };
  EXPECT_FALSE(refused(past.changes));
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused(past.changes, "new")) << "made for another network";
  EXPECT_TRUE(refused({past.changes[1]})) << "begins without its creation";
  EXPECT_TRUE(refused({past.changes[0], past.changes[0]})) << "is created twice";
  EXPECT_TRUE(refused({past.changes[0], past.changes[3]})) << "signed by a key that comes later";
  auto after_end = past.changes;
  after_end.push_back(past.changes[3]);
  EXPECT_TRUE(refused(after_end)) << "goes on after its end";
  auto back = past.changes;
  back[1].at = back[0].at - 1;
  EXPECT_TRUE(refused(back)) << "time goes back";
  auto forged = past.changes;
  forged[2].transaction.set("expires", std::uint64_t{1});
  EXPECT_TRUE(refused(forged)) << "what was signed has changed";
  forged = past.changes;
  forged[2].transaction.set("signature", std::string(128, '0'));
  EXPECT_TRUE(refused(forged)) << "not signed";
  forged = past.changes;
  codec::Json body = *forged[0].transaction.find("body");
  body.set("public_key", crypto::multikey_text(key_named("mallory").public_key()));
  forged[0].transaction.set("body", body);
  EXPECT_TRUE(refused(forged)) << "another first key";
  EXPECT_TRUE(refused({{codec::Json("text"), 1, 1}})) << "no transaction";
}

}  // namespace
}  // namespace icn::identity
