#include "mesh/market/bidder.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <sstream>

#include "mesh/mesh_testing.h"
#include "network/network_testing.h"

namespace icn::mesh {
namespace {

class BidderTest : public ::testing::Test {
 protected:
  BidderTest() {
    around_.node = {testing::person(testing::kNode), testing::key_id(testing::kNode), &key_};
    around_.log = std::make_shared<Log>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said_));
    around_.parameters = [] { return ledger::Parameters{}; };
    around_.load = [] { return ExecutorLoad{.workers = 1, .queue_max = 100, .mean_run_ms = 10}; };
    around_.bidder = [](const Job&, const Did&) { return Bidder{}; };
    around_.offer = [] {
      network::ExecutorOffer offer;
      offer.workers = 1;
      offer.queue_max = 100;
      offer.cpu_cores = 4;
      return offer;
    };
    around_.can_lock = [this](const Did&, Millimana amount) { return available_ >= amount; };
  }

  // How many bids the node makes for a job of its own.
  std::size_t bids_for(const std::string& text) {
    const JobSpec spec = testing::echo_spec(text);
    const Submission body = submission_of(spec, spec_block(spec).cid, testing::person(2));
    const std::size_t before = bids_;
    bidder_.consider(job_id_of("test-net", testing::person(1), {Bytes(16, 7)}, body),
                     new_job(testing::person(1), body, testing::kStart), BidCause::kAnnounced);
    return bids_ - before;
  }

  std::size_t lines() const {
    const std::string said = said_.str();
    return static_cast<std::size_t>(std::count(said.begin(), said.end(), '\n'));
  }

  ManualClock clock_;
  network::SimWorld sim_{1, clock_, {}};
  network::SimNode peer_{sim_, clock_, 1, {"test-net"}};
  InlineExecutor loop_;
  crypto::SecretKey key_ = testing::key_of_person(testing::kNode);
  std::ostringstream said_;
  Millimana available_;
  MarketSurroundings around_{peer_.gossip, *peer_.transport, loop_, clock_, {}, nullptr};
  ExecutorBook book_{clock_};
  std::size_t bids_ = 0;
  std::uint32_t est_secs_ = 0;  // of the last bid
  ExecutorBidder bidder_{around_, book_, [this](const Job&, const Bid& bid) {
                           ++bids_;
                           est_secs_ = bid.est_secs;
                         }};
};

// Three jobs of 20 ms wait at an executor that may use 2 % of a core: each takes a second, and 1.5 s are
// still to be paid. 1,500 + 3 * 2,000 / 2 + 20 / 2 ms.
TEST_F(BidderTest, CountsThePausesOfAQuotaInItsEstimate) {
  available_ = Millimana::from_mana(50);
  ExecutorLoad load{.workers = 2, .queued = 3, .queue_max = 100, .mean_run_ms = 20, .mean_turn_ms = 2'000};
  load.owed_ms = 1'500;
  around_.load = [&load] { return load; };
  EXPECT_EQ(bids_for("a"), 1u);
  EXPECT_EQ(est_secs_, 4u);
  // Without one it is what the runs take: 3 * 400 / 2 + 400 / 2 ms, which is under a second.
  load = {.workers = 2, .queued = 3, .queue_max = 100, .mean_run_ms = 400, .mean_turn_ms = 400};
  EXPECT_EQ(bids_for("b"), 1u);
  EXPECT_EQ(est_secs_, 0u);
}

// 50 mana: domain.md 7.
TEST_F(BidderTest, SaysOnceThatItHasTooLittleToBid) {
  available_ = Millimana::from_mana(50) - Millimana{1};
  EXPECT_EQ(bids_for("a"), 0u);
  EXPECT_EQ(bids_for("b"), 0u);
  EXPECT_EQ(lines(), 1u) << said_.str();
  EXPECT_NE(said_.str().find(testing::person(testing::kNode).text()), std::string::npos);
  EXPECT_NE(said_.str().find("less than 50 mana"), std::string::npos) << said_.str();
  available_ = Millimana::from_mana(50);
  EXPECT_EQ(bids_for("c"), 1u);
  EXPECT_EQ(lines(), 1u);
  available_ = Millimana{};
  EXPECT_EQ(bids_for("d"), 0u);
  EXPECT_EQ(lines(), 2u) << "it is so again";
}

}  // namespace
}  // namespace icn::mesh
