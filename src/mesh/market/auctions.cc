#include "mesh/market/auctions.h"

#include <algorithm>

#include "mesh/errors.h"
#include "mesh/lifecycle.h"
#include "mesh/market/peer_requests.h"
#include "mesh/names.h"
#include "mesh/tx/assign.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kEarlyMax = 10'000;
constexpr std::uint64_t kEarlyMs = 5'000;
constexpr std::size_t kBidBytesMax = 4'096;  // anybody may send one, also for a job that nobody knows
constexpr std::uint64_t kRetryMs = 500;
// Jobs a second are not to be bound by transactions a second: assignments of this time share one, and while
// this many are undecided the next one gathers.
constexpr std::uint64_t kGatherMs = 10;
constexpr std::size_t kUndecidedMax = 4;
// A transaction has 1 MiB and 50,000 values.
constexpr std::size_t kAssignBytesMax = 700'000;
constexpr std::size_t kAssignValuesMax = 30'000;
constexpr std::size_t kSignatureTextBytes = 200;
constexpr std::size_t kBidValues = 20;  // beside its names

}  // namespace

Auctions::Counters::Counters(telemetry::Metrics& metrics)
    : bidding(metrics.gauge(telemetry::Metric::mesh_jobs_bidding)),
      bids(metrics.counter(telemetry::Metric::mesh_bids_received)),
      assignment(metrics.histogram(telemetry::Metric::mesh_assignment)) {}

Auctions::Auctions(MarketSurroundings& around, const ExecutorBook& book, Withdrawals& withdrawals,
                   Options options, std::function<void(const AttemptName&)> announce)
    : around_(around),
      book_(book),
      withdrawals_(withdrawals),
      options_(options),
      announce_(std::move(announce)),
      began_ms_(around.clock.now_ms()) {
  if (around.metrics != nullptr) counters_.emplace(*around.metrics);
}

void Auctions::count_open() {
  if (counters_) counters_->bidding.set(static_cast<double>(auctions_.size()));
}

Result<std::optional<Job>> Auctions::find_job(const JobId& id, const Auction& auction) const {
  if (auction.awaited) return auction.awaited;
  return around_.find_job(id);
}

bool Auctions::await(const JobId& id, const Job& job) {
  if (job.not_before > around_.clock.now_secs() || auctions_.contains(id)) return false;
  Auction& auction = auctions_[id];
  auction.awaited = job;
  begin(id, job, auction);
  return true;
}

void Auctions::open(const JobId& id, const Job& job) {
  const TimestampSecs now = around_.clock.now_secs();
  if (job.not_before > now) {
    return around_.later((job.not_before - now) * 1'000, [this, id] {
      const auto again = around_.find_job(id);
      if (again.ok() && *again && (*again)->status == JobStatus::kSubmitted) open(id, **again);
    });
  }
  Auction& auction = auctions_[id];
  if (auction.turn != 0 && auction.attempt == job.attempt) {
    if (!auction.awaited) return;
    auction.awaited.reset();
    auction.round = 1;
    if (auction.is_assigning) return;
    if (has_enough(auction)) return assign(id, auction);
    return start_round(id, auction);
  }
  const std::uint64_t window_ms = auction.window_ms;
  auction = Auction{};
  auction.window_ms = window_ms;
  auction.attempt = job.attempt;
  begin(id, job, auction);
  if (job.attempt > 1) announce_({id, job.attempt});
}

void Auctions::begin(const JobId& id, const Job& job, Auction& auction) {
  auto [first, last] = early_.equal_range(id);
  std::vector<Bid> waiting;
  for (auto each = first; each != last; ++each) waiting.push_back(std::move(each->second.bid));
  early_.erase(first, last);
  auction.begun_ns = around_.clock.monotonic_ns();
  if (auction.window_ms == 0) {
    auction.window_ms =
        windows_.of({job.submitter, job.submission.manifest_cid}).value_or(options_.window_ms);
  }
  count_open();
  start_round(id, auction);
  for (Bid& bid : waiting) {
    if (!auction.is_assigning) static_cast<void>(add(id, job, auction, std::move(bid)));
  }
}

void Auctions::close(const JobId& id) {
  auctions_.erase(id);
  early_.erase(id);
  count_open();
}

std::vector<Bid> Auctions::bids(const JobId& id) const {
  const auto found = auctions_.find(id);
  return found == auctions_.end() ? std::vector<Bid>() : found->second.bids;
}

void Auctions::start_round(const JobId& id, Auction& auction) {
  auction.turn = ++next_turn_;
  around_.later(auction.window_ms, [this, id, turn = auction.turn] { on_window_end(id, turn); });
}

void Auctions::on_window_end(const JobId& id, std::uint64_t turn) {
  const auto found = auctions_.find(id);
  if (found == auctions_.end() || found->second.turn != turn || found->second.is_assigning) return;
  Auction& auction = found->second;
  const auto job = find_job(id, auction);
  if (job.ok() && *job && choose_winner(id, **job, judge(id, **job, auction.bids)))
    return assign(id, auction);
  if (auction.awaited && auction.round >= kRounds) return close(id);
  if (auction.round >= kRounds && around_.clock.now_ms() >= began_ms_ + kFindMs) return give_up(id, auction);
  ++auction.round;
  // Nobody else knows a job that waits for its block.
  if (!auction.awaited) announce_({id, auction.attempt});
  start_round(id, auction);
}

void Auctions::give_up(const JobId& id, Auction& auction) {
  auction.is_assigning = true;
  withdrawals_.add({id, auction.attempt, std::nullopt},
                   [this, id, turn = auction.turn](const std::string& result) {
                     const auto found = auctions_.find(id);
                     if (found == auctions_.end() || found->second.turn != turn) return;
                     if (result.empty()) return try_again(id);
                     close(id);
                   });
}

std::optional<std::uint32_t> Auctions::rtt_ms(const Did& executor) const {
  if (executor == around_.node.did) return 0;
  const auto peer = peer_of(executor);
  const auto rtt_us = peer.ok() ? around_.transport.rtt_us(*peer) : std::nullopt;
  if (!rtt_us) return std::nullopt;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(*rtt_us / 1'000, kRttMsMax));
}

JudgedBid Auctions::judge(const JobId& id, const Job& job, const Bid& bid) const {
  mesh::Bidder bidder = around_.bidder(job, bid.executor);
  bidder.rtt_ms = rtt_ms(bid.executor);
  bidder.can_lock = around_.can_lock(bid.executor, executor_lock_of(around_.parameters(), bid.price));
  return judge_bid(id, job, bid, bidder, around_.clock.now_secs());
}

std::vector<JudgedBid> Auctions::judge(const JobId& id, const Job& job, const std::vector<Bid>& bids) const {
  std::vector<JudgedBid> judged;
  for (const Bid& bid : bids) judged.push_back(judge(id, job, bid));
  return judged;
}

bool Auctions::has_enough(const Auction& auction) const {
  const std::size_t executors = book_.size() + (around_.load().workers > 0 ? 1 : 0);
  return auction.eligible > 0 &&
         (auction.eligible >= std::min(kEnoughBids, executors) || auction.round >= kRounds);
}

Result<void> Auctions::take(Bid bid) {
  // What a peer sent is held against the form the ledger will ask for.
  auto checked = codec::from_json<Bid>(codec::to_json(bid));
  if (!checked.ok()) return Error(kBadBid, checked.error().detail());
  if (!are_bounded(bid.capabilities) || !are_bounded(bid.federations) || !are_bounded(bid.trust_scopes) ||
      bid_signing_bytes(bid).size() > kBidBytesMax)
    return Error(kBadBid, "it is too long");
  const JobId id = bid.job_id;
  const auto found = auctions_.find(id);
  if (found != auctions_.end()) {
    Auction& auction = found->second;
    if (bid.attempt != auction.attempt) return Error(kWrongAttempt);
    if (auction.is_assigning) return Error(kAlreadyAssigned);
    ICN_TRY_ASSIGN(job, find_job(id, auction));
    if (!job) return Error(kJobNotFound);
    return add(id, *job, auction, std::move(bid));
  }
  const std::uint64_t now = around_.clock.now_ms();
  if (early_.size() >= kEarlyMax) {
    std::erase_if(early_, [&](const auto& each) { return each.second.until_ms < now; });
    if (early_.size() >= kEarlyMax) early_.clear();
  }
  early_.emplace(id, Early{std::move(bid), now + kEarlyMs});
  return {};
}

Result<void> Auctions::add(const JobId& id, const Job& job, Auction& auction, Bid bid) {
  const bool is_second = std::ranges::find(auction.bids, bid.executor, &Bid::executor) != auction.bids.end();
  if (is_second) return Error(kBadBid, "the executor bids twice");
  const bool is_eligible = judge(id, job, bid).refusal.empty();
  const bool is_full = auction.bids.size() >= kBidsMax;
  if (is_full && !is_eligible) return Error(kBadBid, "enough bids have come");
  if (auto valid = around_.check_signature(bid.executor, bid.key, bid_signing_bytes(bid), bid.signature);
      !valid.ok()) {
    return Error(kBadBid, valid.error().detail());
  }
  if (is_full && !drop_useless(id, job, auction)) return Error(kBadBid, "enough bids have come");
  if (is_eligible) ++auction.eligible;
  auction.bids.push_back(std::move(bid));
  if (counters_) counters_->bids.add();
  if (has_enough(auction)) assign(id, auction);
  return {};
}

// Names cost nothing: bids that cannot win must not keep out those that can.
bool Auctions::drop_useless(const JobId& id, const Job& job, Auction& auction) const {
  const auto useless = std::ranges::find_if(
      auction.bids, [&](const Bid& each) { return !judge(id, job, each).refusal.empty(); });
  if (useless == auction.bids.end()) return false;
  auction.bids.erase(useless);
  return true;
}

void Auctions::assign(const JobId& id, Auction& auction) {
  auction.is_assigning = true;
  chosen_.push_back(id);
  submit_soon();
}

void Auctions::submit_soon() {
  if (is_gathering_) return;
  is_gathering_ = true;
  around_.later(kGatherMs, [this] {
    is_gathering_ = false;
    submit_more();
  });
}

// As many as a transaction holds, whatever is in their bids.
std::vector<JobId> Auctions::take_chosen() {
  std::vector<JobId> out;
  std::size_t bytes = 0;
  std::size_t values = 0;
  for (const JobId& id : chosen_) {
    const auto found = auctions_.find(id);
    if (found != auctions_.end()) {
      for (const Bid& bid : found->second.bids) {
        bytes += bid_signing_bytes(bid).size() + kSignatureTextBytes;
        values += bid.capabilities.size() + bid.federations.size() + bid.trust_scopes.size() + kBidValues;
      }
    }
    const bool is_full =
        out.size() == kAssignmentsPerTransaction || bytes > kAssignBytesMax || values > kAssignValuesMax;
    if (is_full && !out.empty()) break;
    out.push_back(id);
  }
  chosen_.erase(chosen_.begin(), chosen_.begin() + static_cast<std::ptrdiff_t>(out.size()));
  return out;
}

void Auctions::submit_more() {
  if (submitting_ >= kUndecidedMax || chosen_.empty()) return;
  const std::vector<JobId> ids = take_chosen();
  AssignJobs::Body body;
  std::vector<JobId> asked;
  for (const JobId& id : ids) {
    const auto found = auctions_.find(id);
    if (found == auctions_.end()) continue;
    Auction& auction = found->second;
    const auto job = find_job(id, auction);
    if (!job.ok() || !*job) {
      try_again(id);
      continue;
    }
    const auto judged = judge(id, **job, auction.bids);
    const auto best = choose_winner(id, **job, judged);
    if (!best) {
      try_again(id);
      continue;
    }
    std::vector<std::int64_t> measured;
    for (const JudgedBid& each : judged)
      measured.push_back(each.rtt_ms ? std::int64_t{*each.rtt_ms} : kNotMeasured);
    body.assignments.push_back(
        {id, auction.attempt, auction.bids, judged[*best].executor, std::move(measured)});
    asked.push_back(id);
  }
  if (asked.empty()) return submit_more();
  ++submitting_;
  around_.submit("mesh.assign", codec::to_json(body),
                 [this, asked](const Result<codec::Json>& answer) { on_answer(asked, answer); });
}

void Auctions::on_answer(const std::vector<JobId>& ids, const Result<codec::Json>& answer) {
  const auto output = answer.ok() ? codec::from_json<AssignJobs::Output>(*answer)
                                  : Result<AssignJobs::Output>(answer.error());
  if (!output.ok() && around_.log) {
    around_.log->warn("{} assignments were refused: {}", ids.size(), output.error().detail());
  }
  --submitting_;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool is_known = output.ok() && i < output->outcomes.size();
    const std::string result = is_known ? output->outcomes[i].result : "";
    if (result == kJobNotFound.code) {
      on_overtaken(ids[i]);
      continue;
    }
    const auto found = auctions_.find(ids[i]);
    if (counters_ && result == "assigned" && found != auctions_.end())
      counters_->assignment.observe_ns(around_.clock.monotonic_ns() - found->second.begun_ns);
    const bool is_over = result == "assigned" || result == kAlreadyAssigned.code ||
                         result == kJobEnded.code || result == kWrongAttempt.code;
    if (is_over)
      close(ids[i]);
    else
      try_again(ids[i]);
  }
  submit_more();
}

// The assignment stood before the submission, or that was refused.
void Auctions::on_overtaken(const JobId& id) {
  const auto found = auctions_.find(id);
  if (found == auctions_.end()) return;
  Auction& auction = found->second;
  auction.is_assigning = false;
  if (!auction.awaited) {
    const auto job = around_.find_job(id);
    if (!job.ok() || !*job) return close(id);
    if (has_enough(auction)) return assign(id, auction);
  } else if (++auction.round > kRounds) {
    return close(id);
  }
  start_round(id, auction);
}

// With new bids: one of the old ones may be what the ledger refused.
void Auctions::try_again(const JobId& id) {
  const auto found = auctions_.find(id);
  if (found == auctions_.end()) return;
  found->second.bids.clear();
  found->second.eligible = 0;
  found->second.is_assigning = false;
  found->second.round = 1;
  found->second.turn = ++next_turn_;
  around_.later(kRetryMs, [this, id, turn = found->second.turn] {
    const auto again = auctions_.find(id);
    if (again == auctions_.end() || again->second.turn != turn) return;
    announce_({id, again->second.attempt});
    start_round(id, again->second);
  });
}

}  // namespace icn::mesh
