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

}  // namespace

Bid bid_for(const JobId& id, const Job& job, const Did& executor, const network::ExecutorOffer& offer,
            const Bidder& bidder, const ledger::Parameters& parameters) {
  Bid bid;
  bid.job_id = id;
  bid.attempt = job.attempt;
  bid.executor = executor;
  bid.price = default_price(job, id, executor, bidder.reputation);
  bid.cpu_cores = offer.cpu_cores;
  bid.memory_mb = static_cast<std::uint32_t>(parameters.wasm_memory_max_mb);
  if (offer.memory_mb) bid.memory_mb = std::min(bid.memory_mb, *offer.memory_mb);
  bid.storage_mb = job.submission.storage_mb;
  bid.gpu = offer.gpus;
  bid.capabilities = offer.capabilities;
  bid.federations = bidder.federations;
  bid.trust_scopes = offer.trust_scopes;
  return bid;
}

std::string refusal_of_offer(const Job& job, const Did& executor, const network::ExecutorOffer& offer,
                             const Bidder& bidder, const ledger::Parameters& parameters) {
  const JobId id{};
  Job anew = job;
  anew.excluded.clear();
  Bid bid = bid_for(id, anew, executor, offer, bidder, parameters);
  bid.price = std::min(bid.price, job.submission.max_price);
  return refusal_of(id, anew, bid, bidder, bid.valid_until);
}

bool ExecutorBidder::has_room() const {
  const ExecutorLoad load = around_.load();
  return load.workers > 0 && load.queued < load.queue_max;
}

// Of what waits before it and of itself. What has run for a while is taken to run as long again.
std::uint32_t ExecutorBidder::est_secs() const {
  const ExecutorLoad load = around_.load();
  const std::uint64_t before_ms = (load.queued + load.running) * load.mean_turn_ms + load.mean_run_ms;
  const std::uint64_t est_ms = load.busy_ms + load.owed_ms + before_ms / load.workers;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(est_ms / 1'000, 86'400));
}

// Without this line a node that joined a network looks as if it ran jobs, and never does.
bool ExecutorBidder::has_enough() {
  const bool is_enough = around_.can_lock(around_.node.did, kBidAvailableMin);
  if (!is_enough && !is_short_ && around_.log) {
    around_.log->warn(
        "no bids for jobs: {} has less than {} mana available; the network's operator gives it some with "
        "`icn mana grant`, whoever has any with a transfer",
        around_.node.did.text(), kBidAvailableMin.value / 1'000);
  }
  is_short_ = !is_enough;
  return is_enough;
}

std::vector<Did> ExecutorBidder::first_bidders(const JobId& id) const {
  const bool is_executor = around_.load().workers > 0;
  return book_.first(id, kFirstBidders, is_executor ? std::optional(around_.node.did) : std::nullopt);
}

void ExecutorBidder::consider(const JobId& id, const Job& job, BidCause cause) {
  if (auto bid = make_bid(id, job, cause)) send_(job, std::move(*bid));
}

std::optional<Bid> ExecutorBidder::make_bid(const JobId& id, const Job& job, BidCause cause) {
  if (job.status != JobStatus::kSubmitted || !has_room()) return std::nullopt;
  const AttemptName name{id, job.attempt};
  const Did& self = around_.node.did;
  if (cause != BidCause::kAnnounced) {
    if (bid_for_.contains(name) || bid_for_before_.contains(name)) return std::nullopt;
    if (around_.load().busy_ms > kBusyMs) return std::nullopt;
  }
  // Who is called is among the first by its coordinator's book, which may be another than this node's.
  if (cause == BidCause::kSeen && std::ranges::count(first_bidders(id), self) == 0) return std::nullopt;
  const Bidder bidder = around_.bidder(job, self);
  Bid bid = bid_for(id, job, self, around_.offer(), bidder, around_.parameters());
  bid.key = around_.node.key_id;
  bid.est_secs = est_secs();
  bid.valid_until = around_.clock.now_secs() + kValidSecs;
  if (!refusal_of(id, job, bid, bidder, around_.clock.now_secs()).empty()) return std::nullopt;
  if (!has_enough()) return std::nullopt;
  sign_bid(bid, *around_.node.key);
  if (bid_for_.size() >= kBidForMax) bid_for_before_ = std::exchange(bid_for_, {});
  bid_for_.insert(name);
  return bid;
}

}  // namespace icn::mesh
