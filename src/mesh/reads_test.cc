#include "mesh/reads.h"

#include <gtest/gtest.h>

#include "governance/tables.h"
#include "mesh/errors.h"
#include "mesh/job_services.h"
#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::kNode;
using testing::person;

TEST(Reads, AreCallsOfTheLedgerWithADid) {
  EXPECT_EQ(parse_read("mana_balance:did:key:z6Mk").value().argument, "did:key:z6Mk");
  EXPECT_EQ(parse_read("resolve_did:did:icn:coop:x").value().call, "resolve_did");
  EXPECT_EQ(parse_read("governance_state:").value().argument, "");
  EXPECT_EQ(parse_read("governance_state:pr_1").value().argument, "pr_1");
  for (const std::string& bad :
       {std::string("mana_balance"), std::string("governance_state"), std::string("mana_balance:alice"),
        std::string("votes:did:key:z6Mk"), std::string(""), std::string(":did:a:b"),
        "mana_balance:did:key:" + std::string(300, 'z')}) {
    EXPECT_EQ(parse_read(bad).error().code(), "J001") << bad;
  }
}

TEST(Reads, TellProposalsAndScopes) {
  testing::TestLedger ledger;
  ledger::View view(ledger.store());
  governance::Proposal proposal;
  proposal.id = "pr_mill";
  proposal.proposer = person(1);
  proposal.scope = "local";
  proposal.state = governance::ProposalState::kRejected;
  proposal.created_at = 5;
  proposal.eligible_count = 7;
  proposal.result.emplace();
  proposal.result->no = 3;
  ASSERT_TRUE(governance::kProposals.put(view, proposal.id, proposal).ok());
  governance::Scope scope;
  scope.scope = "local";
  scope.members = 8;
  scope.voters = 7;
  scope.proposals = 1;
  ASSERT_TRUE(governance::kScopes.put(view, scope.scope, scope).ok());

  const auto one = answer_read(view, ledger.now(), {"governance_state", "pr_mill"}).value();
  const codec::Json shown = codec::parse_json(to_text(one.answer)).value();
  EXPECT_EQ(*shown.find("state")->string(), "rejected");
  EXPECT_EQ(*shown.find("proposer_did")->string(), person(1).text());
  EXPECT_EQ(codec::write_json(*shown.find("result")->find("no")), "3");
  EXPECT_EQ(answer_read(view, ledger.now(), {"governance_state", "pr_other"})->code, "not_found");
  EXPECT_EQ(to_text(answer_read(view, ledger.now(), {"governance_state", ""})->answer),
            R"({"scopes":[{"scope":"local","members":8,"voters":7,"open_proposals":0,"proposals":1}]})");
}

class DeclaredReads : public ::testing::Test {
 protected:
  DeclaredReads() {
    for (const std::uint64_t who : {1, 2, 9}) EXPECT_TRUE(ledger_.grant(who).ok);
  }
  Submission submission(std::vector<std::string> reads) {
    JobSpec spec = testing::echo_spec();
    spec.reads = std::move(reads);
    return submission_of(spec, spec_block(spec).cid, person(kNode));
  }
  std::optional<AssignedReads> row(const JobId& id) const { return kReads.get(ledger_.store(), id).value(); }
  ledger::Outcome assign(const JobId& id, std::uint32_t attempt, std::uint64_t executor) {
    Bid bid;
    bid.job_id = id;
    bid.attempt = attempt;
    bid.executor = person(executor);
    bid.key = testing::key_id(executor);
    bid.price = {5'000};
    bid.cpu_cores = 4;
    bid.memory_mb = 256;
    bid.est_secs = 10;
    bid.valid_until = ledger_.now() + 5;
    sign_bid(bid, testing::key_of_person(executor));
    const AssignJobs::Assigned asked{id, attempt, {bid}, person(executor)};
    return ledger_.run(kNode, "mesh.assign", codec::to_json(AssignJobs::Body{{asked}}));
  }

  testing::TestLedger ledger_;
};

TEST_F(DeclaredReads, AreAnsweredAtSubmissionAgainAtAssignmentAndGoWithTheJob) {
  const Submission body =
      submission({"mana_balance:" + person(1).text(), "mana_balance:" + person(7).text()});
  ASSERT_TRUE(ledger_.run(1, "mesh.submit", codec::to_json(body)).ok);
  const JobId id = ledger_.submit_id(body);
  auto answers = row(id);
  ASSERT_TRUE(answers.has_value());
  EXPECT_EQ(answers->attempt, 0u);
  EXPECT_EQ(to_text(answers->reads.at(0).answer), "1750000");  // the start grant; a lock moves no balance
  EXPECT_EQ(answers->reads.at(1).code, "not_found");

  // It regenerates: a minute later there is more.
  ledger_.advance(60);
  ASSERT_TRUE(assign(id, 1, 2).ok);
  answers = row(id);
  EXPECT_EQ(answers->attempt, 1u);
  const std::int64_t now = ledger_.account(1).balance.value;
  EXPECT_GT(now, 1'750'000);
  EXPECT_EQ(to_text(answers->reads.at(0).answer), std::to_string(now));

  // Settled by its executor's receipt: nothing is left.
  ReceiptClaim claim;
  claim.job_id = id;
  claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
  claim.result_cid = codec::Cid::of(codec::kRaw, as_bytes("result"));
  claim.executor = person(2);
  claim.key = testing::key_id(2);
  claim.signature =
      codec::HexBytes{to_bytes(testing::key_of_person(2).sign(as_bytes(claim_signing_bytes(claim))).view())};
  ASSERT_TRUE(ledger_.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
  EXPECT_EQ(ledger_.job(id).status, JobStatus::kCompleted);
  EXPECT_FALSE(row(id).has_value());
}

TEST_F(DeclaredReads, AreAnsweredAnewForTheNextAttempt) {
  const Submission body = submission({"resolve_did:" + person(1).text()});
  ASSERT_TRUE(ledger_.run(1, "mesh.submit", codec::to_json(body)).ok);
  const JobId id = ledger_.submit_id(body);
  ASSERT_TRUE(assign(id, 1, 2).ok);
  EXPECT_EQ(row(id)->attempt, 1u);
  EXPECT_NE(to_text(row(id)->reads.at(0).answer).find(person(1).text()), std::string::npos);
  ledger_.advance(60);  // no receipt: 30 s to run and 30 of grace
  ledger_.idle();
  EXPECT_EQ(ledger_.job(id).attempt, 2u);
  EXPECT_EQ(row(id)->attempt, 0u);
}

TEST_F(DeclaredReads, BadOnesAreRefusedBeforeAnythingIsLocked) {
  for (const auto& bad : {std::vector<std::string>{"votes:did:key:z6Mk"},
                          std::vector<std::string>{"mana_balance:did:a", "mana_balance:did:a"}}) {
    EXPECT_EQ(ledger_.run(1, "mesh.submit", codec::to_json(submission(bad))).code, "J001");
  }
  EXPECT_EQ(ledger_.account(1).locked.value, 0);
}

// The run sees what was assigned, not what the ledger says by now; the record holds all it saw.
TEST_F(DeclaredReads, AnswerTheRunInPlaceOfTheNewestBlock) {
  JobSpec spec = testing::echo_spec();
  spec.reads = {"mana_balance:" + person(1).text()};
  const JobId id("bafytest");
  const Did submitter = person(1);
  const std::vector<ReadRecord> assigned{{"mana_balance", person(1).text(), "", to_bytes(as_bytes("42"))}};
  JobServices services(id, spec, submitter, &ledger_.store(), ledger_.now(), nullptr, assigned);
  EXPECT_EQ(services.mana_balance_millimana(person(1).text()).value(), 42);
  EXPECT_EQ(services.mana_balance_millimana(person(2).text()).value(), 1'750'000);
  EXPECT_EQ(services.reads().reads.size(), 2u);
  EXPECT_EQ(services.reads().reads[0], assigned[0]);

  // Others run it too: only what everybody is told may be read.
  spec.redundancy = {RedundancyKind::kFull, 3};
  JobServices compared(id, spec, submitter, &ledger_.store(), ledger_.now(), nullptr, assigned);
  EXPECT_EQ(compared.mana_balance_millimana(person(1).text()).value(), 42);
  EXPECT_EQ(compared.mana_balance_millimana(person(2).text()).error().category(), Category::kForbidden);
  EXPECT_EQ(compared.resolve_did(person(1).text()).error().category(), Category::kForbidden);
}

}  // namespace
}  // namespace icn::mesh
