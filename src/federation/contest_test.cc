#include <gtest/gtest.h>

#include "federation/federation_testing.h"

namespace icn::federation {
namespace {

using testing::approval;
using testing::did_named;
using testing::TestLedger;

// Production's quarter of 10,000 mana for signing twice, 600 s to contest it. a, b, c and d validate.
class ContestTest : public ::testing::Test {
 protected:
  ContestTest() {
    ledger.set_parameter("federation.contest_secs", 600);
    const auto done = ledger.step([&](const ledger::BlockContext& block, ledger::View& view) -> Result<void> {
      economics::Books books(block, view, nullptr);
      ICN_TRY(books.grant_start(did_named("a"), Millimana::from_mana(30'000), "a test"));
      ICN_TRY(books.finish());
      std::vector<ledger::Event> events;
      const crypto::Hash hash = crypto::sha256(testing::key_named("a validator").public_key().view());
      const Bytes address = to_bytes(ByteView(hash).first(20));
      name = offence_name({address, 7, "duplicate_vote"});
      return punish(block, {"duplicate_vote", {address}, 7, block.time}, view, events);
    });
    EXPECT_TRUE(done.ok()) << done.error().detail();
    EXPECT_EQ(locked(), Millimana::from_mana(2'500));
  }
  std::string contest(const std::string& who, const std::string& offence) {
    return ledger.submit(who, "federation.contest", codec::Json::object({{"offence", offence}}));
  }
  std::string approve(const std::string& who, const std::string& id) {
    return ledger.submit(who, "federation.approve", approval(id));
  }
  void pass(std::uint64_t secs) {
    for (std::uint64_t passed = 0; passed < secs; passed += 30) {
      ledger.advance(30);
      EXPECT_EQ(ledger.run({}).failures, std::vector<std::string>());
    }
  }
  Millimana locked() { return ledger.account(did_named("a")).locked; }
  Millimana stake() const { return kMembers.get(ledger.store(), did_named("a")).value()->stake; }
  Millimana burned() const {
    return economics::kSupply.get(ledger.store(), economics::kSupplyKey).value()->burned;
  }

  TestLedger ledger{{"a", "b", "c", "d"}};
  std::string name;
};

TEST_F(ContestTest, MoreThanTwoThirdsTakeAPenaltyBack) {
  ASSERT_EQ(contest("a", name), "ok");
  const std::string id = ledger.change_id();
  EXPECT_EQ(ledger.text("status"), "open");
  EXPECT_EQ(ledger.text("approvals"), "0");
  EXPECT_EQ(contest("a", name), "change_open");
  ASSERT_EQ(approve("b", id), "ok");
  ASSERT_EQ(approve("c", id), "ok");
  EXPECT_EQ(ledger.text("status"), "open");
  EXPECT_EQ(load_offence(ledger.store(), name)->lifted_at, 0u);
  ASSERT_EQ(approve("d", id), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
  EXPECT_NE(load_offence(ledger.store(), name)->lifted_at, 0u);
  // What had been taken of the account is at stake: the member had nothing there.
  EXPECT_EQ(stake(), Millimana::from_mana(2'500));
  EXPECT_EQ(locked(), Millimana::from_mana(2'500));
  pass(660);
  EXPECT_EQ(burned().value, 0);
  EXPECT_EQ(contest("a", name), "penalty_closed");
}

TEST_F(ContestTest, WhatNobodyTakesBackIsBurned) {
  ASSERT_EQ(contest("a", name), "ok");
  const std::string id = ledger.change_id();
  ASSERT_EQ(approve("b", id), "ok");
  ASSERT_EQ(approve("c", id), "ok");
  pass(630);
  EXPECT_EQ(burned(), Millimana::from_mana(2'500));
  EXPECT_EQ(approve("d", id), "penalty_closed");
  EXPECT_EQ(locked().value, 0);
}

TEST_F(ContestTest, OfWhoHasLeftItIsFree) {
  ASSERT_EQ(contest("a", name), "ok");
  const std::string id = ledger.change_id();
  ASSERT_EQ(ledger.submit("a", "federation.leave", codec::Json(codec::Json::Object())), "ok");
  for (const char* who : {"b", "c", "d"}) ASSERT_EQ(approve(who, id), "ok");
  EXPECT_EQ(ledger.text("status"), "applied");
  EXPECT_EQ(locked().value, 0);
  pass(660);
  EXPECT_EQ(burned().value, 0);
}

TEST_F(ContestTest, EveryRefusalHasItsCode) {
  EXPECT_EQ(contest("b", name), "not_answerable");
  for (const char* other : {"nonsense", "duplicate_vote 00 7", "duplicate_vote zz 7", "duplicate_vote 00 x"})
    EXPECT_EQ(contest("a", other), "offence_not_found") << other;
  codec::Json change = testing::change("lift_penalty", "a");
  EXPECT_EQ(ledger.submit("b", "federation.propose", change), "malformed");
  TestLedger alone({});
  EXPECT_EQ(alone.submit("operator", "federation.contest", codec::Json::object({{"offence", name}})),
            "no_federation");
}

}  // namespace
}  // namespace icn::federation
