#include <gtest/gtest.h>

#include <map>

#include "governance/audit.h"
#include "governance/eligible.h"
#include "governance/governance_testing.h"
#include "governance/tally/recount.h"

// Votes of a federation's organisations by weight. Source: domain.md 4 "Weighted"; the sums are done by hand.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::TestLedger;

const std::string kFederation = federation_scope(testing::kNetwork);

Json weight(const std::string& name, std::uint64_t value) {
  return testing::action("SetWeight", Json::object({{"did", did_named(name).text()}, {"weight", value}}));
}

// Four organisations; ada's weighs 5, those of the others 1 each: 8 together.
class WeightsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::vector<std::string> all{"ada", "ben", "cyd", "dee"};
    ASSERT_EQ(ledger_.found(all), "ok");
    for (const std::string& name : all) {
      change([&](const ledger::BlockContext& block, ledger::View& view) {
        return admit(block, view, {kFederation, did_named(name), did_named(name), {}, "", false},
                     ledger_.events);
      });
    }
    decide({weight("ada", 5)});
    ASSERT_EQ(ledger_.state(), "executed");
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  // What federation/ does with the organisations that join it.
  template <typename Step>
  void change(Step&& step) {
    ledger_.change([&](ledger::View& view) -> Result<void> {
      const ledger::Parameters parameters = ledger::load_parameters(view).value();
      return step(ledger::BlockContext{testing::kNetwork, 1, ledger_.now(), 0, &parameters}, view);
    });
  }
  std::string propose(Json::Array actions, Json::Object more = {}) {
    more.push_back({"scope", kFederation});
    more.push_back({"duration_secs", std::uint64_t{600}});
    return ledger_.propose("ben", std::move(actions), std::move(more));
  }
  // All are for it.
  void decide(Json::Array actions) {
    ASSERT_EQ(propose(std::move(actions)), "ok") << ledger_.detail;
    for (const char* name : {"ada", "cyd", "dee"})
      ASSERT_EQ(ledger_.act(name, "sponsor", ledger_.last), "ok");
    for (const char* name : {"ada", "ben", "cyd", "dee"}) ASSERT_EQ(ledger_.vote(name, "yes"), "ok");
    ledger_.pass(601);
  }
  void open(Json::Object more = {}) {
    more.push_back({"voting_method", "weighted"});
    ASSERT_EQ(propose({testing::text()}, std::move(more)), "ok") << ledger_.detail;
    ASSERT_EQ(ledger_.state(), "voting");
  }
  void vote(std::initializer_list<std::pair<const char*, const char*>> ballots) {
    for (const auto& [who, choice] : ballots) ASSERT_EQ(ledger_.vote(who, choice), "ok") << who;
  }
  ProposalResult result() { return ledger_.proposal().result.value(); }
  Result<tally::AuditBundle> bundle() {
    ledger::Published published;
    published.network.network = testing::kNetwork;
    return bundle_of(ledger_.store(), published, ledger_.proposal());
  }
  // Nothing here is really signed.
  static std::vector<std::string> found(const tally::AuditBundle& bundle) {
    std::vector<std::string> out;
    for (const tally::Finding& each : tally::recount(bundle).findings) {
      if (!each.what.ends_with("_signature")) out.push_back(each.what);
    }
    return out;
  }

  TestLedger ledger_{"development"};
};

TEST_F(WeightsTest, FiveOfEightDecideAgainstThreeMembers) {
  open();
  vote({{"ada", "no"}, {"ben", "no"}, {"cyd", "no"}, {"dee", "no"}, {"ada", "yes"}});
  ledger_.pass(601);
  EXPECT_EQ(result().yes, 5u);
  EXPECT_EQ(result().no, 3u);
  EXPECT_EQ(result().participated, 4u);  // the quorum is of organisations
  EXPECT_TRUE(result().passed);
  EXPECT_EQ(ledger_.state(), "executed");
  ASSERT_EQ(propose({testing::text()}), "ok");  // by members
  vote({{"ada", "yes"}, {"ben", "no"}, {"cyd", "no"}, {"dee", "no"}});
  ledger_.pass(601);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_EQ(result().yes, 1u);
}

TEST_F(WeightsTest, ADelegatedVoteKeepsTheWeightOfWhoDelegated) {
  ASSERT_EQ(ledger_.submit("ada", "governance.delegate",
                           Json::object({{"to", did_named("ben").text()}, {"scope", kFederation}})),
            "ok");
  open();
  vote({{"ben", "no"}, {"cyd", "yes"}, {"dee", "yes"}});
  ledger_.pass(601);
  EXPECT_EQ(result().no, 6u);
  EXPECT_EQ(result().yes, 2u);
  EXPECT_FALSE(result().passed);
  const auto audit = bundle();
  ASSERT_TRUE(audit.ok()) << audit.error().detail();
  EXPECT_EQ(found(*audit), std::vector<std::string>());
}

TEST_F(WeightsTest, AnAuditHoldsTheWeightsOfTheOpening) {
  decide({weight("ada", 2)});
  ASSERT_EQ(ledger_.state(), "executed");
  open();
  vote({{"ada", "yes"}, {"ben", "no"}, {"cyd", "no"}});
  ledger_.pass(601);
  EXPECT_EQ(result().yes, 2u);
  EXPECT_EQ(result().no, 2u);
  EXPECT_FALSE(result().passed);  // a tie fails
  auto audit = bundle();
  ASSERT_TRUE(audit.ok()) << audit.error().detail();
  EXPECT_EQ(found(*audit), std::vector<std::string>());
  for (tally::EligibleMember& each : audit->eligible) {
    EXPECT_EQ(each.weight, each.did == did_named("ada") ? 2u : 1u);
    if (each.did == did_named("ada")) each.weight = 5;
  }
  EXPECT_EQ(found(*audit),
            (std::vector<std::string>{"eligible_changed", "outcome_differs", "outcome_differs"}));
}

TEST_F(WeightsTest, AVoteKeepsTheWeightsItOpenedWith) {
  open();
  change([&](const ledger::BlockContext& block, ledger::View& view) {
    return set_weight(block, view, kFederation, did_named("ben"), 100);
  });
  vote({{"ada", "yes"}, {"ben", "no"}, {"cyd", "no"}, {"dee", "no"}});
  ledger_.pass(601);
  EXPECT_EQ(result().yes, 5u);
  EXPECT_EQ(result().no, 3u);
}

// What is open is weighed too: three of three members say yes, and the one who does not vote weighs more.
TEST_F(WeightsTest, AVoteClosesEarlyWhenNoWeightThatIsLeftCanTurnIt) {
  const Json::Object early{{"method_params", Json::object({{"closes_early", true}})}};
  open(early);
  vote({{"ben", "yes"}, {"cyd", "yes"}, {"dee", "yes"}});
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.vote("ada", "no"), "ok");
  EXPECT_EQ(ledger_.state(), "rejected");
  open(early);
  vote({{"ada", "yes"}, {"ben", "no"}});
  EXPECT_EQ(ledger_.state(), "voting");  // no quorum: 67 % of four are three
  EXPECT_EQ(ledger_.vote("cyd", "no"), "ok");
  EXPECT_EQ(ledger_.state(), "executed");  // 5 against 2, and 1 is left
}

// The sum that early closing goes by, and each weight of each moment, against members' rows read one by one.
TEST_F(WeightsTest, WeightsOfEveryMomentAndTheirSumAreKept) {
  struct Moment {
    std::uint64_t version = 0;
    std::map<std::string, std::uint64_t> weights;  // of who may vote
  };
  std::vector<Moment> moments;
  const std::vector<std::string> names{"ada", "ben", "cyd", "dee"};
  std::uint64_t seed = 7;
  for (int i = 0; i < 200; ++i) {
    seed = seed * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const Did who = did_named(names[(seed >> 33) % names.size()]);
    const auto weight = static_cast<std::uint32_t>((seed >> 40) % 9 + 1);
    change([&](const ledger::BlockContext& block, ledger::View& view) -> Result<void> {
      const auto member = load_member(view, kFederation, who).value();
      if (!is_active(*member))
        return admit(block, view, {kFederation, who, who, {}, "", false}, ledger_.events);
      const std::uint64_t kind = (seed >> 50) % 6;
      // The last one who may vote stays.
      if (kind > 1 || load_scope(view, kFederation)->voters < 2)
        return set_weight(block, view, kFederation, who, weight);
      return kind == 0 ? suspend(block, view, kFederation, who, ledger_.events)
                       : depart(block, view, kFederation, who, ledger_.events);
    });
    Moment now{voter_version(ledger_.store(), kFederation).value(), {}};
    std::uint64_t sum = 0;
    for (const std::string& name : names) {
      const auto member = load_member(ledger_.store(), kFederation, did_named(name)).value();
      if (may_vote(*member)) sum += now.weights[name] = member->weight;
    }
    EXPECT_EQ(total_weight(ledger_.store(), kFederation, now.weights.size()).value(), sum) << i;
    moments.push_back(std::move(now));
  }
  for (const Moment& moment : moments) {
    for (const std::string& name : names) {
      const auto spans = kVoters.get(ledger_.store(), {kFederation, did_named(name)}).value();
      const auto known = moment.weights.find(name);
      ASSERT_EQ(is_voter_at(*spans, moment.version), known != moment.weights.end()) << moment.version;
      if (known == moment.weights.end()) continue;
      EXPECT_EQ(weight_at(*spans, moment.version), known->second) << moment.version;
    }
  }
}

// What follows somebody may yet go another way until the voting ends.
TEST_F(WeightsTest, DelegatedWeightIsOpenToo) {
  ASSERT_EQ(ledger_.submit("ada", "governance.delegate",
                           Json::object({{"to", did_named("ben").text()}, {"scope", kFederation}})),
            "ok");
  open({{"method_params", Json::object({{"closes_early", true}})}});
  vote({{"ben", "no"}, {"cyd", "yes"}, {"dee", "yes"}});
  EXPECT_EQ(ledger_.state(), "voting");  // 2 for and 1 against; ada's 5 follow ben, and may yet not
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(result().yes, 7u);
}

TEST_F(WeightsTest, SealedBallotsWeighTheSame) {
  open({{"privacy", "private_until_end"}});
  const Bytes salt(32, 7);
  tally::BallotContent yes;
  yes.choice = "yes";
  for (const char* name : {"ada", "ben", "cyd"}) {
    const auto commitment = tally::ballot_commitment(ledger_.last, 1, did_named(name), yes, salt);
    ASSERT_EQ(ledger_.ballot(name, {{"commitment", hex_encode(commitment)}}, "governance.commit"), "ok");
  }
  ledger_.pass(601);
  for (const char* name : {"ada", "ben", "cyd"})
    ASSERT_EQ(ledger_.ballot(name, {{"choice", "yes"}, {"salt", hex_encode(salt)}}, "governance.reveal"),
              "ok")
        << ledger_.detail;
  ledger_.pass(60);
  EXPECT_EQ(result().yes, 7u);
}

TEST_F(WeightsTest, PeopleHaveAVoteEach) {
  const auto in_local = [&](Json::Array actions, Json::Object more) {
    return ledger_.propose("ada", std::move(actions), std::move(more));
  };
  EXPECT_EQ(in_local({testing::text()}, {{"voting_method", "weighted"}}), "unsupported");
  EXPECT_EQ(in_local({weight("ada", 5)}, {}), "bad_action");
  EXPECT_EQ(propose({weight("ada", 5)}, {{"category", "operational"}}), "wrong_category");
  EXPECT_EQ(propose({weight("ada", 0)}), "malformed");
  EXPECT_EQ(propose({weight("ada", 1'001)}), "malformed");
  EXPECT_EQ(propose({weight("eve", 2)}), "member_not_found");
  // Who comes back later begins anew.
  change([&](const ledger::BlockContext& block, ledger::View& view) {
    return depart(block, view, kFederation, did_named("ada"), ledger_.events);
  });
  EXPECT_EQ(load_member(ledger_.store(), kFederation, did_named("ada")).value()->weight, 1u);
}

// The operator names the members of any other scope, people too, whatever it is called.
TEST_F(WeightsTest, AScopeCalledFederationHasNoWeights) {
  const std::string scope = "federation:baltic";
  ASSERT_EQ(ledger_.submit(
                "operator", "governance.enroll",
                Json::object({{"scope", scope},
                              {"members", Json::array({Json::object({{"did", did_named("ada").text()}})})}})),
            "ok");
  const auto in_scope = [&](Json::Array actions, Json::Object more) {
    more.push_back({"scope", scope});
    return ledger_.propose("ada", std::move(actions), std::move(more));
  };
  EXPECT_EQ(in_scope({testing::text()}, {{"voting_method", "weighted"}}), "unsupported");
  EXPECT_EQ(in_scope({weight("ada", 5)}, {}), "bad_action");
  EXPECT_EQ(in_scope({testing::text()}, {}), "ok") << ledger_.detail;
}

}  // namespace
}  // namespace icn::governance
