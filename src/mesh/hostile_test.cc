#include <gtest/gtest.h>

#include "mesh/effects.h"
#include "mesh/mesh_testing.h"

// Submitters, executors and coordinators that mean harm.
namespace icn::mesh {
namespace {

using testing::kNode;
using testing::person;

// Of person 2, signed.
ReceiptClaim claim_of(const JobId& id, AttemptEnd end) {
  ReceiptClaim claim;
  claim.job_id = id;
  claim.end = end;
  claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
  claim.executor = person(2);
  claim.key = testing::key_id(2);
  claim.signature = codec::HexBytes{
      to_bytes(testing::key_of_person(2).sign(as_bytes(claim_signing_bytes(claim))).view())};
  return claim;
}

// Its executor claims pay and asks for effects, then says that its machine gave out: whoever runs the next
// attempt must not be taken to have asked for them.
TEST(HostileParties, LeaveNothingOfAClaimToTheNextAttempt) {
  testing::TestLedger ledger;
  for (const std::uint64_t each : {std::uint64_t{1}, std::uint64_t{2}, kNode}) ASSERT_TRUE(ledger.grant(each).ok);
  JobSpec spec = testing::echo_spec();
  spec.grants = {"spend"};
  spec.allowance = Allowance{{}, {1'000}};
  const Submission submission = submission_of(spec, spec_block(spec).cid, person(kNode));
  ASSERT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(submission)).ok);
  const JobId id = ledger.submit_id(submission);
  Bid bid;
  bid.job_id = id;
  bid.executor = person(2);
  bid.key = testing::key_id(2);
  bid.price = {5'000};
  bid.cpu_cores = 4;
  bid.memory_mb = 256;
  bid.valid_until = ledger.now() + 5;
  sign_bid(bid, testing::key_of_person(2));
  AssignJobs::Assigned asked{id, 1, {bid}, person(2), {}};
  ASSERT_TRUE(ledger.run(kNode, "mesh.assign", codec::to_json(AssignJobs::Body{{asked}})).ok);
  ReceiptClaim claimed = claim_of(id, AttemptEnd::kCompleted);
  claimed.executor.reset();
  claimed.result_cid = codec::Cid::of(codec::kRaw, as_bytes("result"));
  claimed.effects_cid = effects_cid_of({{"spend", "", codec::to_json(Spending{{1'000}})}});
  ASSERT_TRUE(ledger.run(2, "mesh.claim", codec::to_json(ClaimPay::Body{{claimed}})).ok);
  ASSERT_TRUE(ledger.job(id).effects.has_value());

  const SettleJobs::Body gave_out{{claim_of(id, AttemptEnd::kUnavailable)}};
  ASSERT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(gave_out)).ok);
  const Job again = ledger.job(id);
  EXPECT_EQ(again.attempt, 2u);
  EXPECT_EQ(again.status, JobStatus::kSubmitted);
  EXPECT_FALSE(again.effects.has_value());
  EXPECT_TRUE(again.result.empty() && again.receipt.empty());

  ReceiptClaim own;
  own.job_id = id;
  own.attempt = 2;
  own.receipt_cid = own.result_cid.emplace(codec::Cid::of(codec::kRaw, as_bytes("other")));
  ASSERT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{own}})).ok);
  EXPECT_EQ(ledger.job(id).status, JobStatus::kCompleted);
  EXPECT_FALSE(ledger.job(id).effects.has_value());
}

// A coordinator that says so of an attempt which begins with the first receipt broke an invariant.
TEST(HostileParties, SettleAJobOnceInATransaction) {
  testing::TestLedger ledger;
  ASSERT_TRUE(ledger.grant(1).ok);
  const JobSpec spec = testing::echo_spec();
  const Submission submission = submission_of(spec, spec_block(spec).cid, person(kNode));
  ASSERT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(submission)).ok);
  const JobId id = ledger.submit_id(submission);
  SettleJobs::Body body;
  for (const std::uint32_t attempt : {1u, 2u}) {
    ReceiptClaim claim;
    claim.job_id = id;
    claim.attempt = attempt;
    claim.end = AttemptEnd::kUnavailable;
    claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
    body.receipts.push_back(claim);
  }
  const ledger::Outcome done = ledger.run(kNode, "mesh.settle", codec::to_json(body));
  ASSERT_TRUE(done.ok) << done.detail;
  const auto output = codec::from_json<SettleJobs::Output>(codec::parse_json(done.output).value());
  EXPECT_EQ(output->outcomes.at(0).result, "retry");
  EXPECT_EQ(output->outcomes.at(1).result, "wrong_attempt");
  EXPECT_EQ(ledger.job(id).attempt, 2u);
  EXPECT_TRUE(ledger.failures().empty());
}

// The ledger keeps them with the job, for good.
TEST(HostileParties, NameNothingAtLength) {
  testing::TestLedger ledger;
  ASSERT_TRUE(ledger.grant(1).ok);
  const auto submit = [&](const JobSpec& spec) {
    const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
    return ledger.run(1, "mesh.submit", codec::to_json(body));
  };
  for (const std::size_t bytes : {std::size_t{256}, std::size_t{257}}) {
    const std::string code = bytes <= 256 ? "" : "J001";
    JobSpec spec = testing::echo_spec();
    spec.capabilities = {"a", std::string(bytes, 'c')};
    EXPECT_EQ(submit(spec).code, code);
    spec = testing::echo_spec();
    spec.allowed_federations = {std::string(bytes, 'f')};
    EXPECT_EQ(submit(spec).code, code);
    spec = testing::echo_spec();
    spec.grants = {"pay"};
    spec.allowance = Allowance{{Did("did:" + std::string(bytes - 4, 'd'))}, {40'000}};
    EXPECT_EQ(submit(spec).code, code);
  }
}

}  // namespace
}  // namespace icn::mesh
