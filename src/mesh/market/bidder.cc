#include "mesh/market/bidder.h"

#include <algorithm>
#include <utility>

#include "mesh/lifecycle.h"
#include "mesh/price.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kValidSecs = 30;
// Who has long jobs on all its workers leaves new ones to others, unless nobody else offers.
constexpr std::uint64_t kBusyMs = 1'000;
constexpr std::size_t kBidForMax = 4'096;
// Domain.md 7: an executor bids while this much is free.
constexpr Millimana kAvailableMin = Millimana::from_mana(50);

}  // namespace

bool ExecutorBidder::can_run(const Job& job) const {
  const Submission& asked = job.submission;
  const ExecutorLoad load = around_.load();
  if (load.workers == 0 || load.queued >= load.queue_max) return false;
  const ledger::Parameters parameters = around_.parameters();
  return asked.gpu == 0 && asked.cpu_cores <= load.cpu_cores && asked.capabilities.empty() &&
         !asked.trust_scope && asked.allowed_federations.empty() &&
         job.memory_mb <= static_cast<std::uint64_t>(parameters.wasm_memory_max_mb) &&
         std::ranges::find(job.excluded, around_.node.did) == job.excluded.end();
}

// Of what waits before it. What has run for a while is taken to run as long again.
std::uint32_t ExecutorBidder::est_secs() const {
  const ExecutorLoad load = around_.load();
  const std::uint64_t before = load.queued + load.running + 1;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>((load.busy_ms + before * load.mean_run_ms / load.workers) / 1'000, 86'400));
}

void ExecutorBidder::consider(const JobId& id, const Job& job, bool is_asked_again) {
  if (job.status != JobStatus::kSubmitted || !can_run(job)) return;
  const AttemptName name{id, job.attempt};
  if (!is_asked_again) {
    if (around_.load().busy_ms > kBusyMs) return;
    if (book_.rank(id, around_.node.did) >= kFirstBidders) return;
    if (bid_for_.contains(name) || bid_for_before_.contains(name)) return;
  }
  Bid bid;
  bid.price = default_price(job, id, around_.node.did);
  if (bid.price > job.submission.max_price) return;
  if (!around_.can_lock(around_.node.did, kAvailableMin)) return;
  bid.job_id = id;
  bid.attempt = job.attempt;
  bid.executor = around_.node.did;
  bid.key = around_.node.key_id;
  bid.cpu_cores = around_.load().cpu_cores;
  bid.memory_mb = static_cast<std::uint32_t>(around_.parameters().wasm_memory_max_mb);
  bid.storage_mb = job.submission.storage_mb;
  bid.est_secs = est_secs();
  bid.valid_until = around_.clock.now_secs() + kValidSecs;
  sign_bid(bid, *around_.node.key);
  if (bid_for_.size() >= kBidForMax) bid_for_before_ = std::exchange(bid_for_, {});
  bid_for_.insert(name);
  send_(job, std::move(bid));
}

}  // namespace icn::mesh
