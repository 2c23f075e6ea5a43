#include "economics/vouching.h"

#include <gtest/gtest.h>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "economics/inputs.h"
#include "reputation/score/record.h"

namespace icn::economics {
namespace {

using reputation::EventState;
using testing::person;

class VouchingTest : public ::testing::Test {
 protected:
  VouchingTest() {
    grant(1);
    membership(1);
  }
  std::string run(std::uint64_t who, std::string_view type, const std::string& body) {
    const auto made = ledger_.try_make(person(who), type, body);
    if (!made.ok()) return std::string(made.error().code());
    const auto done = ledger_.run(std::array{*made});
    EXPECT_EQ(done.failures, std::vector<std::string>());
    return done.outcomes[0].ok ? "ok" : done.outcomes[0].code;
  }
  void grant(std::uint64_t who) {
    ASSERT_EQ(run(0, "economics.grant", R"({"to":")" + person(who).text() + R"("})"), "ok");
  }
  std::string vouch_for(std::uint64_t who, std::uint64_t whom) {
    return run(who, "economics.vouch", R"({"to":")" + person(whom).text() + R"("})");
  }
  void membership(std::uint64_t who) {
    const auto done = ledger_.step([&](const BlockContext&, View& view) {
      return set_membership(view, person(who), "local", Organisation::kCooperative, true);
    });
    ASSERT_TRUE(done.ok());
  }
  void find_sybil(std::uint64_t who) {
    const auto done = ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
      ICN_TRY_ASSIGN(
          recorded,
          reputation::record(block, view,
                             {person(who), reputation::EventKind::kSybilDetected, Did(), "pr_1", {}, {}}));
      return doom_vouch(block, view, person(who), recorded.number);
    });
    ASSERT_TRUE(done.ok());
  }
  void mark(std::uint64_t who, EventState state) {
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return reputation::set_event_state(block, view, person(who), 1, state);
    });
    ASSERT_TRUE(done.ok());
  }
  // With a block every minute, as heartbeats make them.
  void pass(std::uint64_t secs) {
    for (std::uint64_t passed = 0; passed < secs; passed += 60) {
      ledger_.advance(60);
      EXPECT_EQ(ledger_.run({}).failures, std::vector<std::string>());
    }
  }
  Millimana locked(std::uint64_t who) { return ledger_.account(person(who)).locked; }
  Millimana burned() { return kSupply.get(ledger_.store(), kSupplyKey).value()->burned; }

  testing::TestLedger ledger_{"production"};
};

TEST_F(VouchingTest, MembersAndTheOperatorVouchAndOthersDoNot) {
  grant(2);
  EXPECT_EQ(vouch_for(2, 3), "may_not_vouch");
  EXPECT_EQ(vouch_for(1, 1), "vouches_for_self");
  EXPECT_EQ(vouch_for(1, 2), "already_verified");
  EXPECT_EQ(vouch_for(1, 3), "ok");
  EXPECT_EQ(vouch_for(0, 3), "already_verified");
  EXPECT_EQ(vouch_for(0, 4), "ok");
  EXPECT_EQ(locked(1), Millimana::from_mana(10));
  EXPECT_EQ(locked(0), Millimana::from_mana(10));
  const Account person_3 = ledger_.account(person(3));
  EXPECT_EQ(person_3.stage, Stage::kVerified);
  EXPECT_EQ(person_3.balance, Millimana{});  // no grant
  EXPECT_EQ(person_3.cap, Millimana::from_mana(5'000));
  EXPECT_EQ(run(1, "economics.vouch", R"({"to":"did:icn:person:1111111111111111"})"), "did_not_found");
}

TEST_F(VouchingTest, TheDepositIsFreeWhenItsTimeIsOver) {
  ledger_.set_parameter("economics.vouch_secs", 600);
  ASSERT_EQ(vouch_for(1, 3), "ok");
  pass(540);
  EXPECT_EQ(locked(1), Millimana::from_mana(10));
  pass(120);
  EXPECT_EQ(locked(1), Millimana{});
  EXPECT_EQ(burned(), Millimana{});
  EXPECT_EQ(ledger_.account(person(3)).stage, Stage::kVerified);
}

TEST_F(VouchingTest, ItBurnsForASybilWhenTheTimeToContestIsOver) {
  ledger_.set_parameter("economics.penalty_secs", 600);
  ASSERT_EQ(vouch_for(1, 3), "ok");
  find_sybil(3);
  pass(540);
  EXPECT_EQ(burned(), Millimana{});
  pass(120);
  EXPECT_EQ(burned(), Millimana::from_mana(10));
  EXPECT_EQ(locked(1), Millimana{});
  EXPECT_FALSE(kVouches.get(ledger_.store(), person(3)).value());
}

TEST_F(VouchingTest, WhileTheFindingIsContestedItWaitsAndStruckItIsFree) {
  ledger_.set_parameter("economics.penalty_secs", 600);
  ASSERT_EQ(vouch_for(1, 3), "ok");
  find_sybil(3);
  mark(3, EventState::kContested);
  pass(1'200);
  EXPECT_EQ(locked(1), Millimana::from_mana(10));
  mark(3, EventState::kStruck);
  pass(86'400);
  EXPECT_EQ(locked(1), Millimana{});
  EXPECT_EQ(burned(), Millimana{});
}

}  // namespace
}  // namespace icn::economics
