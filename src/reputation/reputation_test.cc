#include <gtest/gtest.h>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "identity/control.h"
#include "identity/operations.h"
#include "reputation/note.h"
#include "reputation/reputation_testing.h"
#include "reputation/tx/appeal.h"
#include "reputation/tx/attest.h"
#include "reputation/tx/endorse.h"

namespace icn::reputation {
namespace {

using economics::testing::kStart;
using economics::testing::person;
using testing::all_tables;

const Did kPhone("did:icn:device:5TzWp2Yb7Hd3nFqKcV8sLm");
const Did kOven("did:icn:service:7Jx4Rk9QmB2tNwGv6ZsDfH");
const Did kLamp("did:icn:device:8Kx5Sk8QmB3tNwGv7ZsDgJ");

ledger::Rules rules() {
  return ledger::Rules{ledger::TransactionTypes(
                           {ledger::make_transaction_type<economics::Grant>(41, "economics.grant", false, ""),
                            ledger::make_transaction_type<Endorse>(140, "reputation.endorse", false, ""),
                            ledger::make_transaction_type<ContestEvent>(141, "reputation.appeal", false, ""),
                            ledger::make_transaction_type<Attest>(142, "reputation.attest", false, "")}),
                       due_handlers(),
                       {economics::conservation_invariant()},
                       {&economics::genesis_step},
                       &economics::testing::resolve_key,
                       economics::economy()};
}

class ReputationTest : public ::testing::Test {
 protected:
  std::string submit(std::uint64_t who, std::string_view type, const std::string& body) {
    const auto made = ledger_.try_make(person(who), type, body);
    if (!made.ok()) return std::string(made.error().code());
    const auto block = ledger_.run(std::array{*made});
    EXPECT_EQ(block.failures, std::vector<std::string>());
    events_ = block.events;
    if (!block.outcomes[0].ok) return block.outcomes[0].code;
    output_ = codec::parse_json(block.outcomes[0].output).value();
    return "ok";
  }
  std::string endorse(std::uint64_t from, const Did& to, const std::string& context = "bookkeeping") {
    return submit(from, "reputation.endorse",
                  R"({"to":")" + to.text() + R"(","context":")" + context + R"("})");
  }
  std::string endorse(std::uint64_t from, std::uint64_t to, const std::string& context = "bookkeeping") {
    return endorse(from, person(to), context);
  }
  std::string appeal(std::uint64_t who, std::uint64_t event) {
    return submit(who, "reputation.appeal",
                  R"({"event_id":)" + std::to_string(event) +
                      R"(,"reason_cid":"bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje"})");
  }
  void grant(std::uint64_t who) {
    ASSERT_EQ(submit(0, "economics.grant", R"({"to":")" + person(who).text() + R"("})"), "ok");
  }
  void tell(std::uint64_t who, EventKind kind, const Did& source = {}) {
    const auto done = ledger_.step([&](const ledger::BlockContext& block, ledger::View& view) {
      return note(block, view, events_, {person(who), kind, source, "test", {}});
    });
    ASSERT_TRUE(done.ok());
  }
  // From their next version on; all of them, or nobody, agreed.
  void control(const std::vector<std::pair<Did, std::vector<Did>>>& things, bool has_agreed = true) {
    const std::uint64_t version = ++version_;
    const auto done = ledger_.step([&](const ledger::BlockContext&, ledger::View& view) -> Result<void> {
      for (const auto& [thing, controllers] : things)
        ICN_TRY(identity::kControllers.put(view, {thing, version},
                                           {controllers, has_agreed ? controllers : std::vector<Did>()}));
      return {};
    });
    ASSERT_TRUE(done.ok());
  }
  void make(const Did& thing, const Did& maker) {
    const auto done = ledger_.step([&](const ledger::BlockContext&, ledger::View& view) {
      identity::DidDocument document;
      document.id = thing;
      document.version = 1;
      document.signed_by = KeyId(maker.text() + "#key-1");
      return identity::kDocuments.put(view, thing, document);
    });
    ASSERT_TRUE(done.ok());
  }
  std::string attest(std::uint64_t from, const Did& about) {
    return submit(from, "reputation.attest", R"({"about":")" + about.text() + R"(","claim":"skill:baking"})");
  }
  // What the executor's score is after it.
  std::int64_t job(const Did& executor, const Did& submitter, EventKind kind = EventKind::kSuccessfulJob) {
    const auto told = ledger_.step([&](const ledger::BlockContext& block, ledger::View& view) {
      return note(block, view, events_, {executor, kind, submitter, "test", {}});
    });
    EXPECT_TRUE(told.ok());
    return load_standing(ledger_.store(), executor).value().score.thousandths;
  }
  void decide(std::uint64_t who, std::uint64_t event, bool is_upheld) {
    const auto done = ledger_.step([&](const ledger::BlockContext& block, ledger::View& view) {
      return decide_appeal(block, view, events_, person(who), event, is_upheld, "pr_1");
    });
    ASSERT_TRUE(done.ok()) << done.error().detail();
  }
  // With a block every minute, as heartbeats make them.
  void pass(std::uint64_t secs) {
    for (std::uint64_t passed = 0; passed < secs; passed += 60) {
      ledger_.advance(60);
      EXPECT_EQ(ledger_.run({}).failures, std::vector<std::string>());
    }
  }
  std::int64_t score(std::uint64_t who) {
    return score_at(load_standing(ledger_.store(), person(who)).value(), ledger_.now()).thousandths;
  }
  AppealState appeal_state(std::uint64_t who, std::uint64_t event) {
    return kAppeals.get(ledger_.store(), {person(who), event}).value()->state;
  }

  economics::testing::TestLedger ledger_{
      {"test-net", "development", person(0), kStart, {}, {}}, rules(), all_tables()};
  std::vector<ledger::Event> events_;
  codec::Json output_;
  std::uint64_t version_ = 1;
};

TEST_F(ReputationTest, AnEndorsementGivesHalfAPointOnceAContext) {
  grant(1);
  EXPECT_EQ(endorse(1, 2), "ok");
  EXPECT_EQ(codec::write_json(*output_.find("delta")), "0.5");
  EXPECT_EQ(score(2), 50'500);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].type, kReputationEvent);
  EXPECT_EQ(endorse(1, 2), "already_endorsed");
  EXPECT_EQ(endorse(1, 2, "cooking"), "ok");  // the second of the same person: half
  EXPECT_EQ(score(2), 50'750);
  const Standing standing = load_standing(ledger_.store(), person(2)).value();
  EXPECT_EQ(standing.endorsements, 1u);
  EXPECT_EQ(recent(load_standing(ledger_.store(), person(1)).value().activity, day_of(ledger_.now())), 2u);
  EXPECT_EQ(endorse(0, 2), "ok");
  EXPECT_EQ(load_standing(ledger_.store(), person(2)).value().endorsements, 2u);
}

TEST_F(ReputationTest, NobodyEndorsesThemselvesOrUnverified) {
  grant(1);
  EXPECT_EQ(endorse(1, 1), "endorses_self");
  EXPECT_EQ(endorse(2, 1), "not_verified");
  EXPECT_EQ(submit(1, "reputation.endorse", R"({"to":"bob","context":"x"})"), "I001");
  EXPECT_EQ(submit(1, "reputation.endorse", R"({"to":"did:icn:person:1111111111111111","context":"x"})"),
            "did_not_found");
  EXPECT_EQ(score(1), 50'000);
}

TEST_F(ReputationTest, AnUpheldAppealStrikesTheEventAndFreesTheStake) {
  grant(1);
  tell(1, EventKind::kSpamReported);
  EXPECT_EQ(score(1), 40'000);
  EXPECT_EQ(appeal(1, 1), "ok");
  EXPECT_EQ(score(1), 50'000);
  EXPECT_EQ(ledger_.account(person(1)).locked, Millimana::from_mana(100));
  EXPECT_EQ(appeal(1, 1), "appeal_exists");
  decide(1, 1, true);
  EXPECT_EQ(score(1), 50'000);
  EXPECT_EQ(ledger_.account(person(1)).locked, Millimana{});
  EXPECT_EQ(appeal_state(1, 1), AppealState::kUpheld);
  EXPECT_EQ(appeal(1, 1), "appeal_exists");
}

TEST_F(ReputationTest, ARejectedOneCountsAgainAndCostsTheStake) {
  grant(1);
  tell(1, EventKind::kSpamReported);
  const Millimana before = ledger_.account(person(1)).balance;
  EXPECT_EQ(appeal(1, 1), "ok");
  decide(1, 1, false);
  EXPECT_EQ(score(1), 40'000);
  EXPECT_EQ(ledger_.account(person(1)).balance, before - Millimana::from_mana(100));
  EXPECT_EQ(appeal_state(1, 1), AppealState::kRejected);
}

TEST_F(ReputationTest, WhatNobodyDecidesLapsesAfterAWeek) {
  grant(1);
  tell(1, EventKind::kFailedJob, person(5));
  EXPECT_EQ(appeal(1, 1), "ok");
  pass(604'740);
  EXPECT_EQ(appeal_state(1, 1), AppealState::kOpen);
  EXPECT_EQ(score(1), 50'000);
  pass(60);
  EXPECT_EQ(appeal_state(1, 1), AppealState::kLapsed);
  EXPECT_EQ(score(1), 49'000);
  EXPECT_EQ(ledger_.account(person(1)).locked, Millimana{});
}

TEST_F(ReputationTest, AnAppealNeedsAnEventOfOnesOwnInTimeAndAStake) {
  grant(1);
  tell(1, EventKind::kFailedJob, person(5));
  tell(2, EventKind::kFailedJob, person(5));
  EXPECT_EQ(appeal(1, 2), "event_not_found");
  EXPECT_EQ(appeal(2, 1), "exceeds_balance");
  for (int i = 0; i < 5; ++i) tell(1, EventKind::kFailedJob, person(5));
  for (std::uint64_t event = 1; event <= 5; ++event) EXPECT_EQ(appeal(1, event), "ok");
  EXPECT_EQ(appeal(1, 6), "appeals_max");
  ledger_.advance(2'592'001);
  EXPECT_EQ(appeal(1, 6), "contest_over");
}

// domain.md 6: "own or same-controller jobs 0".
TEST_F(ReputationTest, WhatOnesDevicesDoForOneIsNothing) {
  control({{kOven, {person(2)}}});
  control({{kPhone, {person(1)}}, {kOven, {person(1), person(3)}}});
  EXPECT_EQ(job(person(1), kPhone), 50'000);
  EXPECT_EQ(job(kPhone, person(1)), 50'000);
  EXPECT_EQ(job(kOven, kPhone), 50'000);
  EXPECT_EQ(job(person(3), kOven), 50'000);
  EXPECT_EQ(load_standing(ledger_.store(), person(3)).value().receipts, 0u);
  EXPECT_EQ(job(person(2), kOven), 51'500);  // whose it was before
  EXPECT_EQ(job(kPhone, person(2)), 51'500);
}

TEST_F(ReputationTest, ControllersOfControllersAreFollowed) {
  control({{kPhone, {person(1)}}, {kOven, {kPhone}}, {kLamp, {kOven}}});
  EXPECT_EQ(job(kOven, person(1)), 50'000);
  EXPECT_EQ(job(person(1), kLamp), 50'000);  // three steps
  EXPECT_EQ(job(kLamp, kPhone), 50'000);
  EXPECT_EQ(job(kLamp, person(2)), 51'500);
  control({{kPhone, {kLamp}}});  // in a circle
  EXPECT_EQ(job(kPhone, kOven), 50'000);
  EXPECT_EQ(job(kPhone, person(2)), 51'500);
}

// Nobody takes what somebody earns by making a device that names them.
TEST_F(ReputationTest, WhoIsNamedAndDidNotAgreeLosesNothing) {
  make(kPhone, person(1));
  control({{kPhone, {person(2)}}, {kOven, {person(2), person(3)}}}, false);
  EXPECT_EQ(job(person(2), kPhone), 51'500);
  EXPECT_EQ(job(person(3), kOven), 51'500);
  EXPECT_EQ(job(kOven, person(2)), 51'500);
  EXPECT_EQ(job(person(1), kPhone), 50'000);  // who made it
  EXPECT_EQ(job(kPhone, person(1)), 50'000);
  make(kLamp, person(1));
  EXPECT_EQ(job(kLamp, kPhone), 50'000);
  control({{kPhone, {person(2)}}});
  EXPECT_EQ(job(kPhone, person(2)), 50'000);
  EXPECT_EQ(job(kPhone, person(1)), 51'500);  // given away
}

TEST_F(ReputationTest, NobodyAttestsThemselvesByTheirDevices) {
  for (std::uint64_t who = 1; who <= 3; ++who) grant(who);
  const std::string claim = "skill:baking";
  control({{kPhone, {person(1)}}});
  EXPECT_EQ(attest(1, person(1)), "attests_self");
  EXPECT_EQ(attest(1, kPhone), "attests_self");
  EXPECT_EQ(attest(2, kPhone), "ok");
  // A voice of the phone that attested before, and one of who owns it, are one.
  const auto said = ledger_.step([&](const ledger::BlockContext&, ledger::View& view) {
    Attestation held{person(3), claim, {}, {}};
    add_voice(held.attesters, {kPhone, ledger_.now(), {}});
    return kAttestations.put(view, {person(3), claim}, held);
  });
  ASSERT_TRUE(said.ok());
  EXPECT_EQ(attest(1, person(3)), "ok");
  EXPECT_EQ(codec::write_json(*output_.find("state")), "\"pending\"");
  EXPECT_EQ(codec::write_json(*output_.find("attesters")), "1");
  EXPECT_EQ(attest(2, person(3)), "ok");
  EXPECT_EQ(codec::write_json(*output_.find("state")), "\"holds\"");
}

TEST_F(ReputationTest, ADeviceLosesByFailuresForItsControllers) {
  control({{kOven, {person(1), person(2)}}});
  EXPECT_EQ(job(kOven, person(1)), 50'000);
  EXPECT_EQ(job(kOven, person(1), EventKind::kFailedJob), 49'000);
  EXPECT_EQ(job(kOven, person(2), EventKind::kFailedJob), 48'000);
  EXPECT_EQ(load_standing(ledger_.store(), kOven).value().failures, 2u);
}

TEST_F(ReputationTest, NobodyEndorsesTheirOwnDevices) {
  grant(1);
  grant(2);
  control({{kPhone, {person(1)}}, {kOven, {kPhone}}});
  const auto done = ledger_.step([&](const ledger::BlockContext&, ledger::View& view) -> Result<void> {
    ICN_TRY(economics::kAccounts.put(view, kPhone, {}));
    return economics::kAccounts.put(view, kOven, {});
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(endorse(1, kPhone), "endorses_self");
  EXPECT_EQ(endorse(1, kOven), "endorses_self");
  EXPECT_EQ(endorse(2, kOven), "ok");
  EXPECT_EQ(load_standing(ledger_.store(), kPhone).value(), Standing{});
  EXPECT_EQ(load_standing(ledger_.store(), kOven).value().endorsements, 1u);
}

TEST_F(ReputationTest, AnAccountReadsItsFactorsAnewAfterAnEvent) {
  grant(1);
  const auto day = [&] { return economics::kAccounts.get(ledger_.store(), person(1)).value()->inputs_day; };
  EXPECT_NE(day(), 0u);
  tell(1, EventKind::kFailedJob, person(5));
  EXPECT_EQ(day(), 0u);
}

}  // namespace
}  // namespace icn::reputation
