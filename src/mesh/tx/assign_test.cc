#include "mesh/tx/assign.h"

#include <gtest/gtest.h>

#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::key_id;
using testing::key_of_person;
using testing::person;
using testing::TestLedger;

class AssignTest : public ::testing::Test {
 protected:
  AssignTest() {
    for (const std::uint64_t who : {1, 2, 70, 71}) EXPECT_TRUE(ledger_.grant(who).ok);
  }
  JobId submit(const JobSpec& spec) {
    const Submission body = submission_of(spec, spec_block(spec).cid, person(1));
    EXPECT_TRUE(ledger_.run(1, "mesh.submit", codec::to_json(body)).ok);
    return ledger_.submit_id(body);
  }
  // All ask the same and say that they are in "fed-a".
  std::string assign(const JobId& id, std::uint64_t winner, const std::vector<std::uint64_t>& bidders,
                     const std::vector<std::int64_t>& rtt_ms = {}) {
    AssignJobs::Assigned asked{id, 1, {}, person(winner), rtt_ms};
    for (const std::uint64_t bidder : bidders) {
      Bid bid;
      bid.job_id = id;
      bid.executor = person(bidder);
      bid.key = key_id(bidder);
      bid.price = {8'000};
      bid.cpu_cores = 4;
      bid.memory_mb = 256;
      bid.federations = {"fed-a"};
      bid.valid_until = ledger_.now() + 5;
      sign_bid(bid, key_of_person(bidder));
      asked.bids.push_back(bid);
    }
    const AssignJobs::Body body{{asked}};
    if (auto checked = AssignJobs::check({}, body); !checked.ok()) return std::string(checked.error().code());
    const auto outcome = ledger_.run(1, "mesh.assign", codec::to_json(body));
    const auto output =
        codec::from_json<AssignJobs::Output>(codec::parse_json(outcome.output).value()).value();
    return output.outcomes.at(0).result;
  }
  std::vector<JudgedBid> judged(const JobId& id) {
    return kBids.get(ledger_.store(), {id, 1}).value().value().bids;
  }

  TestLedger ledger_;
};

TEST_F(AssignTest, AWordOfTheBidMakesNobodyAMemberOfAFederation) {
  JobSpec spec = testing::echo_spec();
  spec.allowed_federations = {"fed-b", "fed-a"};
  const JobId id = submit(spec);
  EXPECT_EQ(assign(id, 2, {2}), "no_eligible_bid");
  EXPECT_EQ(assign(id, 2, {2, 70}), "not_best_bid");
  EXPECT_EQ(assign(id, 70, {2, 70}), "assigned");
  EXPECT_EQ(judged(id).at(0).refusal, "in no allowed federation");
  EXPECT_EQ(judged(id).at(1).refusal, "");
}

// The score of domain.md 7 weighs affinity with 0.10: what sets three equal bids apart.
TEST_F(AssignTest, AffinitySetsEqualBidsApart) {
  const JobId id = submit(testing::echo_spec());
  EXPECT_EQ(assign(id, 2, {2, 71, 70}), "not_best_bid");
  EXPECT_EQ(assign(id, 70, {2, 71, 70}), "assigned");
  const std::vector<JudgedBid> bids = judged(id);
  EXPECT_EQ(bids.at(0).affinity_ppm, 0u);
  EXPECT_EQ(bids.at(1).score_ppm, bids.at(0).score_ppm + 50'000);
  EXPECT_EQ(bids.at(2).score_ppm, bids.at(0).score_ppm + 100'000);
}

// 71 has less affinity than 70 by 0.05; 0.15 of 400 / 500 is more. Where the way was not measured counts 0.5.
TEST_F(AssignTest, TheWayToAnExecutorCounts) {
  const JobId id = submit(testing::echo_spec());
  EXPECT_EQ(assign(id, 71, {70, 71}), "not_best_bid");
  EXPECT_EQ(assign(id, 70, {70, 71}, {400, 0}), "not_best_bid");
  EXPECT_EQ(assign(id, 71, {2, 70, 71}, {kNotMeasured, 400, 0}), "assigned");
  const std::vector<JudgedBid> bids = judged(id);
  EXPECT_EQ(bids.at(0).locality_ppm, 500'000u);
  EXPECT_FALSE(bids.at(0).rtt_ms);
  EXPECT_EQ(bids.at(1).locality_ppm, 200'000u);
  EXPECT_EQ(bids.at(1).rtt_ms, 400u);
  EXPECT_EQ(bids.at(2).locality_ppm, 1'000'000u);
  EXPECT_EQ(bids.at(2).score_ppm, bids.at(1).score_ppm + 120'000 - 50'000);
}

TEST_F(AssignTest, AWayIsToldOfEachBidOrOfNone) {
  const JobId id = submit(testing::echo_spec());
  EXPECT_EQ(assign(id, 70, {70, 71}, {10}), "malformed");
  EXPECT_EQ(assign(id, 70, {70}, {-2}), "malformed");
  EXPECT_EQ(assign(id, 70, {70}, {kRttMsMax + 1}), "malformed");
  EXPECT_EQ(assign(id, 70, {70}, {kRttMsMax}), "assigned");
}

}  // namespace
}  // namespace icn::mesh
