#include <gtest/gtest.h>

#include <sstream>

#include "identity/identity_testing.h"
#include "identity/resolver.h"

namespace icn::identity {
namespace {

using testing::key_named;
using testing::nonce_named;
using testing::TestLedger;

// Runs tables of events. One line an event; what must come of it stands behind "->": the code of the error,
// or "v" and the new version.
//   create NAME by WHO key KEY [nonce TEXT] [type TYPE] [proof bad]   WHO: a key (its did:key) or a NAME
//   rotate NAME to KEY [with KEY as NUMBER] [proof bad]
//   services NAME [add ID,ID] [remove ID,ID] [endpoint TEXT]
//   deactivate NAME [with KEY as NUMBER]
//   balance NAME MILLIMANA        wait SECONDS
class EventTable {
 public:
  explicit EventTable(TestLedger& ledger) : ledger_(ledger) {}

  void run(const std::string& table) {
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t arrow = line.find("->");
      std::istringstream words(line.substr(0, arrow));
      std::string verb;
      std::string name;
      if (!(words >> verb)) continue;
      words >> name;
      if (verb == "wait") {
        ledger_.advance(std::stoull(name));
        ledger_.idle_block();
        continue;
      }
      options_.clear();
      for (std::string option, value; words >> option;) {
        if (verb == "balance") {
          ledger_.set_balance(did(name), std::stoll(option));
        } else {
          words >> value;
          options_[option] = value;
        }
      }
      if (verb == "balance") continue;
      const std::string expected = line.substr(line.find_first_not_of(' ', arrow + 2));
      EXPECT_EQ(event(verb, name), expected) << line;
    }
    EXPECT_TRUE(ledger_.failures().empty());
  }

  Did did(const std::string& name) const {
    const auto found = dids_.find(name);
    return found != dids_.end() ? found->second.did : crypto::did_key(key_named(name).public_key());
  }

 private:
  struct Known {
    Did did;
    KeyId key;
    std::string key_name;
  };

  std::string option(const std::string& name, const std::string& otherwise) const {
    const auto found = options_.find(name);
    return found == options_.end() ? otherwise : found->second;
  }

  codec::Json body(const std::string& verb, const std::string& name) const {
    codec::Json out(codec::Json::Object{});
    if (verb == "create") {
      const std::string type = option("type", "person");
      IdentityType kind = IdentityType::kPerson;
      for (const auto& [value, text] : enum_names(IdentityType{})) kind = text == type ? value : kind;
      out = ledger_.create_body(kind, key_named(option("key", name)), nonce_named(option("nonce", name)));
    } else if (verb == "rotate") {
      out = ledger_.rotate_body(did(name), key_named(option("to", "")), nonce_named(name));
    } else if (verb == "services") {
      ChangeServices::Body services;
      for (const std::string& id : split(option("add", ""))) {
        services.add.push_back({id, "LinkedDomains", option("endpoint", "https://coop.example/")});
      }
      services.remove = split(option("remove", ""));
      out = codec::to_json(services);
    }
    if (option("proof", "") == "bad") {
      std::string proof = *out.find("proof")->string();
      proof[0] = proof[0] == '0' ? '1' : '0';
      out.set("proof", proof);
    }
    if (option("text", "") == "bad") out.set(verb == "create" ? "public_key" : "new_key", "z6Mkbad");
    return out;
  }

  std::string event(const std::string& verb, const std::string& name) {
    const std::string signer = option("by", name);
    const auto found = dids_.find(signer);
    Known who = found != dids_.end()
                    ? found->second
                    : Known{did(signer), crypto::did_key_method(key_named(signer).public_key()), signer};
    if (options_.contains("with")) {
      who.key_name = option("with", "");
      who.key = KeyId(who.did.text() + "#key-" + option("as", "1"));
    }
    const auto result =
        ledger_.submit(who.did, who.key, key_named(who.key_name), "identity." + verb, body(verb, name));
    if (!result.ok()) return std::string(result.error().code());
    if (verb == "create") dids_[name] = {result->did, *result->key, option("key", name)};
    if (verb == "rotate") dids_[name] = {result->did, *result->key, option("to", "")};
    return "v" + std::to_string(result->version);
  }

  static std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream items(text);
    for (std::string item; std::getline(items, item, ',');) out.push_back(item);
    return out;
  }

  TestLedger& ledger_;
  std::map<std::string, Known> dids_;
  std::map<std::string, std::string> options_;
};

TEST(IdentityTransactions, LivesAsTheTableSays) {
  TestLedger ledger;
  EventTable(ledger).run(R"(
    create alice by founder key a1              -> v1
    create alice by founder key a1              -> did_exists
    create alice by founder key a1 type coop    -> v1
    create food  by alice   key f1 type coop    -> v1
    create bob   by founder key b1 proof bad    -> I007
    create bob   by founder key b1 text bad     -> bad_public_key
    rotate food to f2                           -> v2
    rotate food to f3 with f1 as 1              -> I002
    rotate food to f3 with f2 as 1              -> I002
    rotate food to f3 with f1 as 2              -> bad_signature
    rotate food to f3 with f2 as 3              -> key_not_valid
    rotate food to f3 with f2 as 02             -> key_not_valid
    rotate food to f3 with f2 as 0              -> key_not_valid
    rotate food to f3 proof bad                 -> I007
    rotate food to f3 text bad                  -> bad_public_key
    rotate food to f1                           -> key_used_before
    rotate food to f2                           -> key_used_before
    rotate founder to f4                        -> did_cannot_change
    rotate food to f3                           -> v3
    services food add inbox,news                -> v4
    services food add inbox                     -> bad_service
    services food add key-9                     -> bad_service
    services food add a/b                       -> bad_service
    services food add web endpoint nowhere      -> bad_service
    services food                               -> bad_service
    services food remove inbox,other            -> service_not_found
    services food remove inbox add inbox        -> v5
    services food add 1,2,3,4,5,6,7,8,9,10,11,12,13,14       -> v6
    services food add 15                        -> too_many_services
    services founder add inbox                  -> did_cannot_change
    deactivate founder                          -> did_cannot_change
    deactivate food                             -> v7
    rotate food to f9                           -> I002
    services food add inbox                     -> I002
    deactivate food                             -> I002
    create other by food key o1                 -> I002
  )");
}

// domain.md 3: 10 mana for a creation, 5 for a rotation; free for the operator and who has no account.
TEST(IdentityTransactions, BurnFeesOfWhoHasAnAccount) {
  TestLedger ledger;
  EventTable events(ledger);
  events.run(R"(
    balance founder 17000
    create one by founder key k1                -> v1
    create two by founder key k2                -> exceeds_balance
    create two by stranger key k2               -> v1
    balance operator 0
    create three by operator key k3             -> v1
    balance one 9000
    rotate one to k4                            -> v2
    rotate one to k5                            -> exceeds_balance
    services one add inbox                      -> v3
    deactivate one                              -> v4
  )");
  EXPECT_EQ(ledger.balance(events.did("founder")), 7'000);
  EXPECT_EQ(ledger.balance(events.did("one")), 4'000);
  EXPECT_EQ(ledger.balance(events.did("two")), -1);  // production: no start grant
}

TEST(IdentityTransactions, GrantStartManaInDevelopment) {
  TestLedger ledger(true);
  EventTable events(ledger);
  events.run("create one by founder key k1 -> v1");
  EXPECT_EQ(ledger.balance(events.did("one")), 1'750'000);
}

// domain.md 3: 100 identity operations an hour.
TEST(IdentityTransactions, AreCountedByTheHour) {
  TestLedger ledger;
  EventTable events(ledger);
  for (int i = 0; i < 100; ++i) {
    const std::string text = std::to_string(i);
    events.run("create n" + text + " by founder key k" + text + " -> v1");
  }
  events.run(R"(
    create more by founder key more             -> too_many_identity_operations
    create more by other key more               -> v1
    wait 3599
    create again by founder key again           -> too_many_identity_operations
    wait 1
    create again by founder key again           -> v1
    create late by other key late               -> v1
  )");
  // Old windows went away with the new ones: founder's and other's are left.
  auto rows = kOperations.scan(ledger.store(), {0, {}, {}, false}).value();
  std::size_t count = 0;
  while (rows.next().value()) ++count;
  EXPECT_EQ(count, 2u);
}

TEST(IdentityTransactions, ToldAsEvents) {
  TestLedger ledger;
  EventTable events(ledger);
  events.run("create one by founder key k1 -> v1");
  ASSERT_EQ(ledger.events().size(), 1u);
  EXPECT_EQ(ledger.events()[0].type, "DidChanged");
  EXPECT_EQ(ledger.events()[0].data,
            R"({"did":")" + events.did("one").text() + R"(","version":1,"deactivated":false})");
}

// The stages themselves refuse what the signature check stops before them.
TEST(IdentityTransactions, PrecheckRefusesTheDeactivatedAndTheUnknown) {
  TestLedger ledger;
  EventTable events(ledger);
  events.run(R"(
    create one by founder key k1                -> v1
    deactivate one                              -> v2
  )");
  const ledger::Rules rules = testing::make_rules();
  const auto code = [&](const Did& sender) {
    ledger::Transaction transaction;
    transaction.network = "test";
    transaction.sender = sender;
    transaction.key = icn_key_id(sender, 1);
    transaction.nonce.bytes = Bytes(16);
    transaction.type = "identity.deactivate";
    transaction.body = codec::Json(codec::Json::Object{});
    ledger::sign(transaction, key_named("k1"));
    const auto checked =
        ledger::CheckedTransaction::from_json(rules.types, codec::to_json(transaction)).value();
    const ledger::Parameters parameters;
    const ledger::BlockContext block{"test", 9, ledger.time(), 0, &parameters};
    std::vector<ledger::Event> told;
    ledger::View view(ledger.store());
    const ledger::ApplyContext context{block, rules.economy, *checked, told};
    return std::string(DeactivateDid::precheck(context, {}, view).error().code());
  };
  EXPECT_EQ(code(events.did("one")), "did_deactivated");
  EXPECT_EQ(code(make_did_icn(IdentityType::kPerson, key_named("k9").public_key(), nonce_named("x"))),
            "did_not_found");
}

// Random lives of three DIDs. The model is a list of what each version must show.
TEST(IdentityTransactions, KeepTheirHistoryWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    TestLedger ledger(true);
    SeededRandom random(seed);
    struct Life {
      Did did;
      std::vector<std::string> keys;  // by version; empty: deactivated
      std::uint32_t number = 1;
    };
    std::vector<Life> lives;
    for (int step = 0; step < 60; ++step) {
      const std::string key = std::to_string(seed) + "/" + std::to_string(step);
      const std::uint64_t choice = random.below(10);
      ledger.advance(random.below(100));
      if (lives.size() < 3) {
        const auto made = ledger.submit(
            crypto::did_key(key_named("founder").public_key()),
            crypto::did_key_method(key_named("founder").public_key()), key_named("founder"),
            "identity.create", ledger.create_body(IdentityType::kCoop, key_named(key), nonce_named(key)));
        ASSERT_TRUE(made.ok()) << made.error().detail();
        lives.push_back({made->did, {key}, 1});
        continue;
      }
      Life& life = lives[random.below(lives.size())];
      const bool was_alive = !life.keys.back().empty();
      const std::string signer = was_alive ? life.keys.back() : life.keys[life.keys.size() - 2];
      const bool deactivates = choice == 0;
      const auto done =
          ledger.submit(life.did, icn_key_id(life.did, life.number), key_named(signer),
                        deactivates ? "identity.deactivate" : "identity.rotate",
                        deactivates ? codec::Json(codec::Json::Object{})
                                    : ledger.rotate_body(life.did, key_named(key), nonce_named(key)));
      ASSERT_EQ(done.ok(), was_alive) << "seed " << seed << " step " << step;
      if (!done.ok()) continue;
      life.keys.push_back(deactivates ? "" : key);
      if (!deactivates) ++life.number;
    }
    EXPECT_TRUE(ledger.failures().empty()) << ledger.failures().front();
    for (const Life& life : lives) {
      codec::Cid previous;
      for (std::size_t i = 0; i < life.keys.size(); ++i) {
        const auto resolved = resolve(ledger.store(), life.did, i + 1);
        ASSERT_TRUE(resolved.ok()) << resolved.error().detail();
        EXPECT_EQ(resolved->record->previous, previous);
        EXPECT_EQ(resolved->record->deactivated, life.keys[i].empty());
        if (!life.keys[i].empty()) {
          ASSERT_EQ(resolved->record->keys.size(), 1u);
          EXPECT_EQ(resolved->record->keys[0].public_key.bytes,
                    to_bytes(key_named(life.keys[i]).public_key().view()));
          EXPECT_EQ(resolved->record->keys[0].number, i + 1);
        }
        previous = document_cid(*resolved->record);
      }
      EXPECT_EQ(resolve(ledger.store(), life.did, life.keys.size() + 1).error().code(),
                "did_version_not_found");
    }
    EXPECT_EQ(kCounts.get(ledger.store(), "dids").value()->dids, lives.size());
  }
}

// Each invariant notices what it is there for.
TEST(IdentityInvariants, NoticeBrokenDocuments) {
  TestLedger ledger;
  EventTable events(ledger);
  events.run("create one by founder key k1 -> v1");
  const DidDocument good = *kDocuments.get(ledger.store(), events.did("one")).value();
  const auto failure = [&](auto&& change) {
    ledger::View view(ledger.store());
    DidDocument next = good;
    next.version = 2;
    next.previous = document_cid(good);
    ICN_ASSERT(kFormerVersions.put(view, {good.id, 1}, good).ok());
    change(next, view);
    ICN_ASSERT(kDocuments.put(view, next.id, next).ok());
    for (const ledger::Invariant& invariant : invariants()) {
      if (const auto held = invariant.holds(view, 0); !held.ok()) {
        const std::string& detail = held.error().detail();
        return detail.substr(detail.rfind(": ") == std::string::npos ? 0 : detail.rfind(": ") + 2);
      }
    }
    return std::string("holds");
  };
  EXPECT_EQ(failure([](DidDocument&, ledger::View&) {}), "holds");
  EXPECT_EQ(failure([](DidDocument& next, ledger::View&) { next.version = 3; }), "versions must rise by 1");
  EXPECT_EQ(failure([](DidDocument& next, ledger::View&) { next.previous = {}; }),
            "it must link to the version before");
  EXPECT_EQ(failure([&](DidDocument&, ledger::View& view) {
              ICN_ASSERT(kFormerVersions.erase(view, {good.id, 1}).ok());
            }),
            "the version before must be kept");
  EXPECT_EQ(failure([](DidDocument& next, ledger::View&) { next.keys[0].number = 2; }),
            "a key has a number that was not given out");
  EXPECT_EQ(failure([](DidDocument& next, ledger::View&) { next.keys[0].public_key.bytes = Bytes(32, 7); }),
            "a key came back or changed under its number");
  EXPECT_EQ(failure([](DidDocument& next, ledger::View&) { next.keys.clear(); }),
            "a DID has no keys exactly when it is deactivated");
  EXPECT_EQ(failure([](DidDocument& next, ledger::View&) { next.keys_made = 0; }),
            "a key has a number that was not given out");
  EXPECT_EQ(failure([](DidDocument&, ledger::View& view) {
              ICN_ASSERT(kCounts.put(view, "dids", IdentityCounts{2, 0}).ok());
            }),
            "the count of DIDs is wrong");
}

}  // namespace
}  // namespace icn::identity
