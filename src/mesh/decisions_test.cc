#include <gtest/gtest.h>

#include "base/errors.h"
#include "governance/tx/amend.h"
#include "governance/tx/cast_vote.h"
#include "mesh/effects.h"
#include "mesh/errors.h"
#include "mesh/mesh_testing.h"

// Effects on proposals: what a run may list of them.
namespace icn::mesh {
namespace {

using codec::Json;

Json vote_on(const char* proposal) {
  return Json::object({{"proposal_id", proposal}, {"revision", 1}, {"choice", "yes"}});
}
Json step_of(const char* proposal, const char* step) {
  return Json::object({{"proposal_id", proposal}, {"step", step}});
}
Json proposal() {
  return Json::object({{"content", codec::Cid::of(codec::kDagCbor, as_bytes("text")).to_string()}});
}

class Decisions : public ::testing::Test {
 protected:
  EffectGatherer gatherer(std::vector<std::string> grants) {
    EffectScope scope;
    scope.grants = std::move(grants);
    return EffectGatherer(id_, scope);
  }
  const JobId id_{"bafytest"};
};

TEST_F(Decisions, AGrantNamesTheProposalItIsFor) {
  EffectGatherer run = gatherer({"vote:pr_1", "advance:pr_2"});
  EXPECT_TRUE(run.vote(vote_on("pr_2")).error().is(errors::kForbidden));
  EXPECT_TRUE(run.advance(step_of("pr_1", "open")).error().is(errors::kForbidden));
  EXPECT_TRUE(run.propose(proposal()).error().is(errors::kForbidden));
  EXPECT_TRUE(run.vote(vote_on("pr_1")).ok());
  EXPECT_TRUE(run.advance(step_of("pr_2", "close")).ok());
  EXPECT_EQ(run.effects().size(), 2u);
  EXPECT_EQ(run.mana().value, 0);
}

TEST_F(Decisions, OneProposalAndOneBallotARun) {
  EffectGatherer run = gatherer({"propose", "vote:pr_1", "vote:pr_2", "advance:pr_1"});
  ASSERT_TRUE(run.propose(proposal()).ok());
  EXPECT_TRUE(run.propose(proposal()).error().is(errors::kRuleBroken));
  ASSERT_TRUE(run.vote(vote_on("pr_1")).ok());
  EXPECT_TRUE(run.vote(vote_on("pr_2")).error().is(errors::kRuleBroken));
  for (const char* step : {"open", "close", "execute"}) EXPECT_TRUE(run.advance(step_of("pr_1", step)).ok());
  EXPECT_EQ(run.effects().size(), 5u);
}

TEST_F(Decisions, WhatIsNoBodyOfATransactionIsRefused) {
  EffectGatherer run = gatherer({"propose", "vote:pr_1", "advance:pr_1"});
  EXPECT_TRUE(run.vote(Json::object({{"proposal_id", "pr_1"}})).error().is(errors::kMalformed));
  EXPECT_TRUE(run.advance(step_of("pr_1", "postpone")).error().is(errors::kMalformed));
  EXPECT_TRUE(run.propose(Json::object({})).error().is(errors::kMalformed));
  Json wrong = proposal();
  wrong.set("scope", "nowhere:else:at all");
  EXPECT_FALSE(run.propose(wrong).ok());
  EXPECT_TRUE(run.effects().empty());
}

// The ledger takes just what a run may list, byte for byte.
TEST_F(Decisions, AListIsCheckedAgainAsItWasMade) {
  const std::vector<std::string> grants{"propose", "vote:pr_1", "advance:pr_1"};
  EffectGatherer run = gatherer(grants);
  ASSERT_TRUE(run.advance(step_of("pr_1", "open")).ok());
  ASSERT_TRUE(run.vote(vote_on("pr_1")).ok());
  ASSERT_TRUE(run.propose(proposal()).ok());
  EffectGatherer again = gatherer(grants);
  for (const Effect& effect : run.effects()) {
    EXPECT_TRUE(is_decision(effect)) << effect.kind;
    EXPECT_TRUE(again.add(effect).ok()) << effect.kind;
  }
  EXPECT_EQ(effects_cid_of(again.effects()), effects_cid_of(run.effects()));
  Effect padded = run.effects()[0];
  padded.body.set("colour", "green");
  EXPECT_FALSE(gatherer(grants).add(padded).ok());
  EXPECT_TRUE(gatherer({}).add(run.effects()[0]).error().is(errors::kForbidden));
}

TEST(DecisionGrants, AnAllowanceStandsWithWhatCostsMana) {
  const auto valid = [](std::vector<std::string> grants, std::optional<Allowance> allowance) {
    JobSpec spec = testing::echo_spec();
    spec.grants = std::move(grants);
    spec.allowance = std::move(allowance);
    return validate_form(spec).ok();
  };
  const Allowance some{{}, Millimana::from_mana(50)};
  EXPECT_TRUE(valid({"vote:pr_1", "advance:pr_1"}, {}));
  EXPECT_FALSE(valid({"vote:pr_1"}, some));
  EXPECT_TRUE(valid({"propose"}, some));
  EXPECT_FALSE(valid({"propose"}, {}));
  EXPECT_TRUE(valid({"propose", "vote:pr_1"}, some));
  for (const char* grant : {"vote", "vote:", "advance:", "votes:pr_1", ""})
    EXPECT_FALSE(valid({grant}, {})) << grant;
  EXPECT_FALSE(valid({"vote:" + std::string(65, 'p')}, {}));
  EXPECT_FALSE(valid({"vote:pr_1", "vote:pr_1"}, {}));
}

}  // namespace
}  // namespace icn::mesh
