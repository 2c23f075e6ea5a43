#include <gtest/gtest.h>

#include <algorithm>

#include "mesh/market/auctions.h"
#include "mesh/market/withdrawals.h"
#include "mesh/mesh_testing.h"
#include "mesh/tx/assign.h"
#include "network/network_testing.h"

// Bids of whoever reaches the node: a DID costs nothing, and neither does its signature.
namespace icn::mesh {
namespace {

class HostileBidsTest : public ::testing::Test {
 protected:
  HostileBidsTest() {
    around_.node = {testing::person(testing::kNode), testing::key_id(testing::kNode), &key_};
    around_.parameters = [] { return ledger::Parameters{}; };
    around_.load = [] { return ExecutorLoad{.workers = 1, .queue_max = 100, .mean_run_ms = 10}; };
    around_.bidder = [](const Job&, const Did&) { return Bidder{}; };
    around_.can_lock = [](const Did&, Millimana) { return true; };
    around_.check_signature = [](const Did&, const KeyId&, std::string_view, const codec::HexBytes&) {
      return Result<void>();
    };
    around_.find_job = [this](const JobId& id) -> Result<std::optional<Job>> {
      const auto found = jobs_.find(id);
      return found == jobs_.end() ? std::optional<Job>() : std::optional(found->second);
    };
    around_.later = [this](std::uint64_t, std::function<void()> task) { waiting_.push_back(std::move(task)); };
    around_.submit = [this](std::string_view type, codec::Json body,
                            const std::function<void(Result<codec::Json>)>&) {
      EXPECT_EQ(type, "mesh.assign");
      assigned_.push_back(std::move(body));
    };
  }

  JobId open_job(std::uint64_t number) {
    const JobSpec spec = testing::echo_spec("job " + std::to_string(number));
    const Submission body =
        submission_of(spec, spec_block(spec).cid, testing::person(testing::kNode));
    const JobId id = job_id_of("test-net", testing::person(1), {Bytes(16, 7)}, body);
    const Job job = new_job(testing::person(1), body, testing::kStart);
    jobs_.emplace(id, job);
    auctions_.open(id, job);
    return id;
  }
  static Bid bid_of(std::uint64_t person, const JobId& id, std::int64_t price_mana) {
    Bid bid;
    bid.job_id = id;
    bid.executor = testing::person(person);
    bid.key = testing::key_id(person);
    bid.price = Millimana::from_mana(price_mana);
    bid.cpu_cores = 4;
    bid.memory_mb = 256;
    bid.valid_until = testing::kStart + 1'000'000'000;
    bid.signature.bytes = Bytes(64, 1);
    return bid;
  }
  std::string take(Bid bid) {
    const Result<void> taken = auctions_.take(std::move(bid));
    return taken.ok() ? "taken" : std::string(taken.error().code());
  }

  ManualClock clock_;
  network::SimWorld sim_{1, clock_, {}};
  network::SimNode peer_{sim_, clock_, 1, {"test-net"}};
  InlineExecutor loop_;
  crypto::SecretKey key_ = testing::key_of_person(testing::kNode);
  MarketSurroundings around_{peer_.gossip, *peer_.transport, loop_, clock_, {}, nullptr};
  ExecutorBook book_{clock_};
  Withdrawals withdrawals_{around_};
  Auctions auctions_{around_, book_, withdrawals_, {}, [](const AttemptName&) {}};
  std::map<JobId, Job> jobs_;
  std::vector<std::function<void()>> waiting_;
  std::vector<codec::Json> assigned_;
};

// Ten thousand wait at a time, whoever sends them.
TEST_F(HostileBidsTest, AreShortWhereNobodyKnowsTheJob) {
  Bid bid = bid_of(2, JobId("bafyunknown"), 1);
  const auto with = [&](std::size_t count, std::size_t bytes) {
    bid.capabilities.assign(count, std::string(bytes, 'c'));
    return take(bid);
  };
  EXPECT_EQ(with(1, 256), "taken");
  EXPECT_EQ(with(1, 257), "bad_bid");
  EXPECT_EQ(with(32, 100), "taken");
  EXPECT_EQ(with(32, 128), "bad_bid") << "4 KiB of names alone";
}

TEST_F(HostileBidsTest, DoNotKeepOutThoseThatCanWin) {
  const JobId id = open_job(1);
  for (std::uint64_t stranger = 100; stranger < 100 + kBidsMax; ++stranger)
    EXPECT_EQ(take(bid_of(stranger, id, 1'000)), "taken");  // far above max_price
  EXPECT_EQ(take(bid_of(200, id, 1'000)), "bad_bid");
  EXPECT_EQ(take(bid_of(2, id, 5)), "taken");
  const std::vector<Bid> bids = auctions_.bids(id);
  EXPECT_EQ(bids.size(), kBidsMax);
  EXPECT_EQ(std::ranges::count(bids, testing::person(2), &Bid::executor), 1);
}

// Else no node but this one would take it: transactions have 1 MiB at most (ledger/transaction.h).
TEST_F(HostileBidsTest, DoNotMakeAnAssignmentTooLarge) {
  for (std::uint64_t number = 0; number < 40; ++number) {
    const JobId id = open_job(number);
    for (std::uint64_t stranger = 100; stranger < 100 + kBidsMax; ++stranger) {
      Bid bid = bid_of(stranger, id, 1'000);
      bid.capabilities.assign(32, std::string(100, 'c'));
      EXPECT_EQ(take(bid), "taken");
    }
    EXPECT_EQ(take(bid_of(2, id, 5)), "taken");
  }
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (assigned_.empty()) waiting_[i]();
  }
  ASSERT_FALSE(assigned_.empty());
  for (const codec::Json& body : assigned_) {
    EXPECT_LT(codec::write_json(body).size(), std::size_t{1} << 20);
    EXPECT_TRUE(codec::from_json<AssignJobs::Body>(body).ok());
  }
}

}  // namespace
}  // namespace icn::mesh
