#include "federation/stake.h"

#include <gtest/gtest.h>

#include "federation/federation_testing.h"

namespace icn::federation {
namespace {

using testing::did_named;
using testing::TestLedger;

// Amounts counted by hand from domain.md 5: 10,000 at stake, a quarter of it for signing twice.
class StakeTest : public ::testing::Test {
 protected:
  StakeTest() { ledger.set_parameter("federation.contest_secs", 600); }

  void give(const std::string& who, std::int64_t mana) {
    const auto given =
        ledger.step([&](const ledger::BlockContext& block, ledger::View& view) -> Result<void> {
          economics::Books books(block, view, nullptr);
          ICN_TRY(books.grant_start(did_named(who), Millimana::from_mana(mana), "a test"));
          ICN_TRY(books.set_stage(did_named(who), economics::Stage::kVerified));
          return books.finish();
        });
    ASSERT_TRUE(given.ok()) << given.error().detail();
  }
  std::string init(const std::string& policy) {
    const codec::Json first =
        codec::Json::object({{"name", "operator"},
                             {"organization", did_named("operator").text()},
                             {"operator_did", did_named("operator").text()},
                             {"key", codec::to_json(testing::validator_key("operator"))}});
    return ledger.submit(
        "operator", "federation.init",
        codec::Json::object(
            {{"name", "Valley"}, {"policy", policy}, {"validators", codec::Json::array({first})}}));
  }
  std::string join(const std::string& who) {
    return ledger.submit(who, "federation.join", codec::Json::object({{"name", who}}));
  }
  std::string leave(const std::string& who) {
    return ledger.submit(who, "federation.leave", codec::Json(codec::Json::Object()));
  }
  // In steps that are no standstill of the network.
  void pass(std::uint64_t secs) {
    for (std::uint64_t passed = 0; passed < secs; passed += 30) {
      ledger.advance(30);
      EXPECT_EQ(ledger.run({}).failures, std::vector<std::string>());
    }
  }
  // It has signed twice.
  void punish_validator_of(const std::string& who) {
    const crypto::Hash hash = crypto::sha256(testing::key_named(who + " validator").public_key().view());
    const auto punished = ledger.step([&](const ledger::BlockContext& block, ledger::View& view) {
      std::vector<ledger::Event> events;
      return punish(block, {"duplicate_vote", {to_bytes(ByteView(hash).first(20))}, 7, block.time}, view,
                    events);
    });
    ASSERT_TRUE(punished.ok()) << punished.error().detail();
  }
  // With 10,000 at stake.
  void join_with_validator(const std::string& who) {
    give(who, 50'000);
    ASSERT_EQ(join(who), "ok");
    ASSERT_EQ(ledger.submit("operator", "federation.propose", testing::add_validator(who)), "ok");
    ASSERT_EQ(ledger.text("status"), "applied");
  }
  void remove_validator_of(const std::string& who) {
    ASSERT_EQ(ledger.submit("operator", "federation.propose", testing::change("remove_validator", who)),
              "ok");
    ASSERT_EQ(ledger.submit(who, "federation.approve", testing::approval(ledger.change_id())), "ok");
    ASSERT_EQ(ledger.text("status"), "applied");
  }
  Millimana burned() const {
    return economics::kSupply.get(ledger.store(), economics::kSupplyKey).value()->burned;
  }
  Millimana stake(const std::string& who) {
    const auto member = kMembers.get(ledger.store(), did_named(who)).value();
    return member ? member->stake : Millimana{};
  }
  Millimana locked(const std::string& who) { return ledger.account(did_named(who)).locked; }

  TestLedger ledger{std::vector<std::string>()};
};

TEST_F(StakeTest, InitLocksHalfOfWhatAPoorOperatorHas) {
  // The start grant of the development profile: 1,750.
  ASSERT_EQ(init("open"), "ok");
  EXPECT_EQ(stake("operator"), Millimana::from_mana(875));
  EXPECT_EQ(locked("operator"), Millimana::from_mana(875));
}

TEST_F(StakeTest, JoiningLocksTenThousandOfWhoHasTwiceThat) {
  ASSERT_EQ(init("open"), "ok");
  give("rich", 30'000);
  ASSERT_EQ(join("rich"), "ok");
  EXPECT_EQ(stake("rich"), Millimana::from_mana(10'000));
  EXPECT_EQ(locked("rich"), Millimana::from_mana(10'000));
}

TEST_F(StakeTest, ANewcomerWithoutManaJoinsWithoutAStake) {
  ASSERT_EQ(init("open"), "ok");
  ASSERT_EQ(join("new"), "ok");
  EXPECT_EQ(stake("new").value, 0);
}

TEST_F(StakeTest, OnlyWhoHasSignedLocksMana) {
  ASSERT_EQ(init("approval"), "ok");
  give("asked", 4'000);
  give("named", 4'000);
  ASSERT_EQ(ledger.submit("operator", "federation.propose", testing::admit("named")), "ok");
  EXPECT_EQ(stake("named").value, 0);
  ASSERT_EQ(join("asked"), "ok");
  EXPECT_EQ(locked("asked").value, 0) << "nothing before the approval";
  ASSERT_EQ(ledger.submit("operator", "federation.approve", testing::approval(ledger.change_id())), "ok");
  EXPECT_EQ(stake("asked"), Millimana::from_mana(2'000));
}

TEST_F(StakeTest, ComesFreeWhenTheTimeForEvidenceIsOver) {
  ASSERT_EQ(init("open"), "ok");
  give("rich", 30'000);
  ASSERT_EQ(join("rich"), "ok");
  ASSERT_EQ(leave("rich"), "ok");
  EXPECT_EQ(locked("rich"), Millimana::from_mana(10'000));
  pass(570);
  EXPECT_EQ(locked("rich"), Millimana::from_mana(10'000));
  pass(60);
  EXPECT_EQ(locked("rich").value, 0);
  EXPECT_FALSE(kLeavingStakes.scan(ledger.store(), {}).value().next().value());
}

TEST_F(StakeTest, InAndOutTwiceInASecondFreesBoth) {
  ASSERT_EQ(init("open"), "ok");
  give("rich", 50'000);
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(join("rich"), "ok");
    ASSERT_EQ(leave("rich"), "ok");
  }
  EXPECT_EQ(locked("rich"), Millimana::from_mana(20'000));
  pass(660);
  EXPECT_EQ(locked("rich").value, 0);
}

// What is lost for evidence comes out of the stake, before and after its validator has left.
TEST_F(StakeTest, APenaltyIsTakenOfTheStake) {
  for (const bool has_left : {false, true}) {
    SCOPED_TRACE(has_left);
    const std::string who = has_left ? "gone" : "there";
    if (!has_left) {
      ASSERT_EQ(init("open"), "ok");
    }
    give(who, 30'000);
    ASSERT_EQ(join(who), "ok");
    ASSERT_EQ(ledger.submit("operator", "federation.propose", testing::add_validator(who)), "ok");
    if (ledger.text("status") == "open") {  // there are two: both must approve
      ASSERT_EQ(ledger.submit("there", "federation.approve", testing::approval(ledger.change_id())), "ok");
    }
    if (has_left) {
      ASSERT_EQ(leave(who), "ok");
    }
    punish_validator_of(who);
    EXPECT_EQ(locked(who), Millimana::from_mana(10'000)) << "nothing more than the stake";
    if (!has_left) {
      EXPECT_EQ(stake(who), Millimana::from_mana(7'500));
    }
    pass(660);
    EXPECT_EQ(locked(who), Millimana::from_mana(has_left ? 0 : 7'500));
    const auto supply = economics::kSupply.get(ledger.store(), economics::kSupplyKey).value();
    EXPECT_EQ(supply->burned, Millimana::from_mana(has_left ? 5'000 : 2'500));
  }
}

// Out, in and out again within a second: the second time without a validator.
TEST_F(StakeTest, ComingBackForAMomentForgetsNoValidator) {
  ASSERT_EQ(init("open"), "ok");
  join_with_validator("quick");
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(leave("quick"), "ok");
    if (i == 0) {
      ASSERT_EQ(join("quick"), "ok");
    }
  }
  ASSERT_EQ(locked("quick"), Millimana::from_mana(20'000));
  punish_validator_of("quick");
  pass(660);
  EXPECT_EQ(burned(), Millimana::from_mana(2'500));
  EXPECT_EQ(locked("quick").value, 0) << "the rest is free";
}

TEST_F(StakeTest, WhoWasRemovedAsAValidatorAnswersForItAWhile) {
  ASSERT_EQ(init("open"), "ok");
  join_with_validator("removed");
  remove_validator_of("removed");
  pass(570);
  punish_validator_of("removed");
  EXPECT_EQ(stake("removed"), Millimana::from_mana(7'500));
  EXPECT_EQ(locked("removed"), Millimana::from_mana(10'000));
  pass(630);
  EXPECT_EQ(burned(), Millimana::from_mana(2'500));
  EXPECT_EQ(locked("removed"), Millimana::from_mana(7'500));
}

// Removed as a validator first, gone as a member then: what it leaves behind answers for the key.
TEST_F(StakeTest, LeavingAfterARemovalHidesNothing) {
  ASSERT_EQ(init("open"), "ok");
  join_with_validator("gone");
  remove_validator_of("gone");
  ASSERT_EQ(leave("gone"), "ok");
  punish_validator_of("gone");
  EXPECT_EQ(locked("gone"), Millimana::from_mana(10'000)) << "nothing more than the stake";
  pass(660);
  EXPECT_EQ(burned(), Millimana::from_mana(2'500));
  EXPECT_EQ(locked("gone").value, 0);
}

TEST_F(StakeTest, NobodyAnswersForAKeyForEver) {
  ASSERT_EQ(init("open"), "ok");
  join_with_validator("removed");
  remove_validator_of("removed");
  pass(600);
  EXPECT_FALSE(kFormerValidators.scan(ledger.store(), {}).value().next().value());
  punish_validator_of("removed");
  EXPECT_EQ(stake("removed"), Millimana::from_mana(10'000));
}

// A validator again with the key it had: the first removal does not end what it answers for.
TEST_F(StakeTest, AKeyThatComesBackIsAnsweredForFromItsLastRemoval) {
  ASSERT_EQ(init("open"), "ok");
  join_with_validator("again");
  remove_validator_of("again");
  pass(300);
  ASSERT_EQ(ledger.submit("operator", "federation.propose", testing::add_validator("again")), "ok");
  remove_validator_of("again");
  pass(570);
  punish_validator_of("again");
  EXPECT_EQ(stake("again"), Millimana::from_mana(7'500));
}

TEST_F(StakeTest, WhoGoesOnAloneHasNothingAtStake) {
  ASSERT_EQ(init("open"), "ok");
  give("rich", 30'000);
  ASSERT_EQ(join("rich"), "ok");
  ASSERT_EQ(leave("rich"), "ok");
  ASSERT_EQ(ledger.submit("rich", "federation.depart", codec::Json::object({{"network", "alone"}})), "ok");
  EXPECT_EQ(locked("rich").value, 0);
  EXPECT_EQ(locked("operator").value, 0);
  pass(660);
}

}  // namespace
}  // namespace icn::federation
