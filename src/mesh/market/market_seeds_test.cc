#include <gtest/gtest.h>

#include <cstdlib>

#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

// Seeds by ICN_SIM_SEED or 0 to kSeeds: jobs, losses, nodes cut off and back, killed and back (executors,
// coordinators and whoever submitted), jobs ended by their submitter at any moment. The ledger's invariants
// hold after every block, no job stays open, and nobody is paid twice.
constexpr std::uint64_t kSeeds = 200;

class Seed {
 public:
  // How often a job was ended that waited for an executor, and one that had one.
  struct Cancelled {
    std::size_t waiting = 0;
    std::size_t assigned = 0;
    std::size_t paid = 0;  // of these, for a part of the run
  };

  explicit Seed(std::uint64_t seed) : random_(seed), nodes_(3 + pick(4)), world_(seed, nodes_, links()) {}

  void run(Cancelled& cancelled) {
    for (int round = 0; round < 6; ++round) {
      for (std::uint64_t i = pick(4); i > 0; --i) submit();
      world_.run_for(pick(2'000));
      cancel_some(cancelled);
      hurt();
      ASSERT_TRUE(world_.failures().empty()) << world_.failures().front();
    }
    world_.heal();
    for (std::size_t i = 0; i < nodes_; ++i) world_.revive(i);
    world_.run_for(2'000);
    for (const auto& [id, coordinator] : jobs_)
      ASSERT_TRUE(world_.run_until_ended(id, 2'000'000)) << id.text();
    ASSERT_TRUE(world_.failures().empty()) << world_.failures().front();
    for (const auto& [id, coordinator] : jobs_) {
      for (const JobId& each : world_.replicas_of(id)) expect_settled(world_.job(each));
    }
  }

 private:
  std::uint64_t pick(std::uint64_t count) { return read_u64(random_.bytes(8)) % count; }

  network::SimOptions links() {
    network::SimOptions options;
    options.loss_ppm = static_cast<std::uint32_t>(pick(3) * 60'000);
    options.latency_max_ms = 10 + pick(300);
    return options;
  }

  void submit() {
    const std::size_t coordinator = pick(nodes_);
    const std::uint64_t way = pick(5);
    JobSpec spec = testing::echo_spec();
    if (way == 2) {
      spec = testing::redundant_spec(pick(2) == 0 ? RedundancyKind::kFull : RedundancyKind::kSampling,
                                     static_cast<std::uint32_t>(2 + pick(2)));
    }
    jobs_.emplace_back(way < 3 ? world_.submit(coordinator, spec)
                               : world_.submit_through_pool(coordinator, spec, pick(1'000)),
                       coordinator);
  }

  void cancel_some(Cancelled& cancelled) {
    world_.says = pick(2) == 0 ? "a word" : "";
    if (jobs_.empty() || pick(2) == 0) return;
    const auto& [id, coordinator] = jobs_[pick(jobs_.size())];
    if (world_.is_dead(coordinator) || !world_.is_committed(id)) return;
    const Job before = world_.job(id);
    const std::string refusal = world_.cancel(coordinator, id);
    const Job after = world_.job(id);
    if (!refusal.empty()) {
      EXPECT_EQ(after.status, before.status) << refusal;
      return;
    }
    EXPECT_TRUE(is_final(after.status));
    if (after.status != JobStatus::kCancelled) return;
    ++(has_executor(before.status) ? cancelled.assigned : cancelled.waiting);
    if (after.escrow.paid.value > 0) ++cancelled.paid;
  }

  void hurt() {
    if (pick(3) == 0) world_.cut_off(pick(nodes_));
    if (pick(2) == 0) world_.heal();
    if (pick(4) == 0) world_.liars = {pick(nodes_)};
    if (pick(3) == 0) world_.kill(pick(nodes_));
    if (pick(2) == 0) world_.revive(pick(nodes_));
    world_.runs_secs = pick(3) == 0 ? pick(20) : 0;
  }

  static void expect_settled(const Job& job) {
    EXPECT_TRUE(is_final(job.status));
    EXPECT_EQ(job.escrow.paid + job.escrow.refunded + job.escrow.burned, job.escrow.locked);
  }

  SeededRandom random_;
  std::size_t nodes_;
  MarketWorld world_;
  std::vector<std::pair<JobId, std::size_t>> jobs_;  // with their coordinators
};

void run_seed(std::uint64_t seed, Seed::Cancelled& cancelled) {
  SCOPED_TRACE("ICN_SIM_SEED=" + std::to_string(seed));
  Seed(seed).run(cancelled);
}

TEST(MarketSeeds, KeepTheRulesOfTheMarket) {
  Seed::Cancelled cancelled;
  if (const char* one = std::getenv("ICN_SIM_SEED")) return run_seed(std::stoull(one), cancelled);
  for (std::uint64_t seed = 0; seed < kSeeds && !HasFatalFailure(); ++seed) run_seed(seed, cancelled);
  EXPECT_GT(cancelled.waiting, 0u);
  EXPECT_GT(cancelled.assigned, 0u);
  EXPECT_GT(cancelled.paid, 0u) << "of " << cancelled.assigned;
}

}  // namespace
}  // namespace icn::mesh
