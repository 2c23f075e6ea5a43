#include "mesh/market/market.h"

#include <algorithm>
#include <chrono>

#include "mesh/errors.h"
#include "mesh/lifecycle.h"
#include "mesh/redundancy.h"
#include "network/errors.h"

namespace icn::mesh {
namespace {

constexpr auto kFetchTimeout = std::chrono::seconds(20);
constexpr std::uint64_t kOpenAgainMs = 500;
constexpr auto kCancelPause = std::chrono::milliseconds(50);
constexpr std::size_t kEarlyMax = 1'000;
constexpr std::uint64_t kEarlyMs = 300;

}  // namespace

Market::Market(MarketSurroundings around, Options options)
    : around_(std::move(around)),
      gate_(options.requests),
      book_(around_.clock),
      bidder_(around_, book_, [this](const Job& job, Bid bid) { send_bid(job, std::move(bid)); }),
      calls_(around_, bidder_, options.requests,
             [this](std::vector<Bid> bids) { take_bids(std::move(bids)); }),
      withdrawals_(around_),
      auctions_(around_, book_, withdrawals_, options.auctions,
                [this](const AttemptName& name) { announce(name); }),
      blocks_(around_),
      holdings_(around_),
      deliveries_(around_),
      receptions_(around_),
      assignments_(
          around_, withdrawals_, [this](const JobId& id) { return receptions_.has(id); },
          [this](const JobId& id) { around_.on_begin(id); }),
      announcements_(kGossipPauseMs, JobAnnouncement::kMax, around_.later,
                     [this](std::vector<AttemptName> names) {
                       std::string trace = trace_of(names);
                       around_.gossip.send({network::PayloadType::kJobAnnouncement,
                                            codec::encode_block(JobAnnouncement{std::move(names)}),
                                            {},
                                            std::move(trace)});
                     }),
      bids_(around_) {
  join();
}

void Market::join() {
  around_.gossip.join(network::Topic::kJobs,
                      [this](const network::Envelope& envelope) { return hear_announcement(envelope); });
  around_.gossip.join(network::Topic::kBids,
                      [this](const network::Envelope& envelope) { return hear_bids(envelope); });
  around_.gossip.join(network::Topic::kHeartbeat,
                      [this](const network::Envelope& envelope) { return hear_heartbeat(envelope); });
  around_.transport.serve(network::Protocol::kMesh,
                          [this](const network::PeerId& peer, Bytes bytes, network::Respond respond) {
                            asked(peer, std::move(bytes), std::move(respond));
                          });
}

void Market::await(const JobRecord& record) {
  if (book_.size() == 0) return;
  const JobId id = job_id_of(record);
  // Its block may have come in the meantime.
  if (const auto committed = around_.find_job(id); !committed.ok() || *committed) return;
  const Job job = new_job(record.submitter, record.submission, around_.clock.now_secs());
  if (blocks_.gather(job, [] {}) || !auctions_.await(id, job)) return;
  calls_.send(id, record);
  bidder_.consider(id, job, BidCause::kSeen);
}

void Market::open(const JobId& id, const Job& job) {
  forget_before(id, job.attempt);
  if (!blocks_.gather(job, [this, id, attempt = job.attempt] { open_later(id, attempt); })) open_now(id, job);
}

void Market::open_later(const JobId& id, std::uint32_t attempt) {
  const auto job = around_.find_job(id);
  if (!job.ok()) return around_.later(kOpenAgainMs, [this, id, attempt] { open_later(id, attempt); });
  const bool is_open = *job && (*job)->status == JobStatus::kSubmitted && (*job)->attempt == attempt;
  if (is_open) open_now(id, **job);
}

void Market::open_now(const JobId& id, const Job& job) {
  // A replica is always assigned: who has one of them gets no other.
  const bool is_alone = book_.size() == 0 && around_.load().workers > 0;
  if (is_alone && !is_replica(job) && around_.refusal(job).empty()) return around_.run_here(id, job);
  auctions_.open(id, job);
  bidder_.consider(id, job, BidCause::kSeen);
}

void Market::consider(const JobId& id, const Job& job) {
  forget_before(id, job.attempt);
  bidder_.consider(id, job, BidCause::kSeen);
}

void Market::on_assigned(const JobId& id, const Job& job) {
  auctions_.close(id);
  if (job.status != JobStatus::kAssigned) return assignments_.forget(id);
  const bool is_ours = job.submission.coordinator == around_.node.did;
  const bool is_here = job.executor == around_.node.did;
  if (is_ours && !is_here) assignments_.add(id, job);
  if (is_ours) answer_early(id);
  if (is_here && !is_ours) holdings_.add(id, job);
}

// What belongs to attempts that are over.
void Market::forget_before(const JobId& id, std::uint32_t attempt) {
  holdings_.forget_before(id, attempt);
  deliveries_.forget_before(id, attempt);
  receptions_.forget_before(id, attempt);
  assignments_.forget_before(id, attempt);
}

void Market::on_ended(const JobId& id) {
  auctions_.close(id);
  blocks_.forget(id);
  holdings_.forget(id);
  deliveries_.forget(id);
  receptions_.forget(id);
  assignments_.forget(id);
}

// Asks everybody, this node too.
void Market::announce(const AttemptName& name) {
  announcements_.add(name);
  const auto job = around_.find_job(name.job_id);
  if (job.ok() && *job && (*job)->attempt == name.attempt)
    bidder_.consider(name.job_id, **job, BidCause::kAnnounced);
}

void Market::deliver(std::shared_ptr<const FinishedAttempt> attempt, const Did& coordinator) {
  deliveries_.add(std::move(attempt), coordinator);
}

Result<void> Market::bid(Bid bid) {
  if (!auctions_.is_open(bid.job_id)) return Error(kWrongAttempt, "no bids are awaited for this job");
  return auctions_.take(std::move(bid));
}

void Market::send_bid(const Job& job, Bid bid) {
  if (job.submission.coordinator == around_.node.did)
    static_cast<void>(auctions_.take(std::move(bid)));
  else
    bids_.send(job.submission.coordinator, std::move(bid));
}

// ---- What others say. On the transport's thread: only what is cheap is decided there.

// An envelope has one trace: that of the job it is about, when it is about one.
std::string Market::trace_of(const std::vector<AttemptName>& names) const {
  if (around_.traces == nullptr || names.size() != 1) return "";
  const auto job = around_.find_job(names.front().job_id);
  return job.ok() && *job ? around_.traces->of(names.front().job_id, **job) : "";
}

network::Verdict Market::hear_announcement(const network::Envelope& envelope) {
  auto heard = codec::decode_block<JobAnnouncement>(envelope.payload);
  if (!heard.ok() || heard->attempts.empty() || heard->attempts.size() > JobAnnouncement::kMax) {
    return network::Verdict::kReject;
  }
  around_.loop.post([this, sender = envelope.sender, trace = envelope.trace, heard = std::move(*heard)] {
    for (const AttemptName& name : heard.attempts) {
      const auto job = around_.find_job(name.job_id);
      if (!job.ok() || !*job || (*job)->submission.coordinator != sender) continue;
      if (around_.traces != nullptr && heard.attempts.size() == 1) around_.traces->note(name.job_id, trace);
      if ((*job)->attempt == name.attempt) bidder_.consider(name.job_id, **job, BidCause::kAnnounced);
    }
  });
  return network::Verdict::kAccept;
}

network::Verdict Market::hear_bids(const network::Envelope& envelope) {
  auto heard = codec::decode_block<BidSubmission>(envelope.payload);
  if (!heard.ok() || heard->bids.empty() || heard->bids.size() > BidSubmission::kMax) {
    return network::Verdict::kReject;
  }
  for (const Bid& bid : heard->bids) {
    if (bid.executor != envelope.sender) return network::Verdict::kReject;
  }
  around_.loop.post([this, heard = std::move(*heard)]() mutable { take_bids(std::move(heard.bids)); });
  return network::Verdict::kAccept;
}

void Market::take_bids(std::vector<Bid> bids) {
  for (Bid& bid : bids) {
    const auto job = around_.find_job(bid.job_id);
    // A job that is not here yet may be this node's own in the next block.
    const bool is_ours = job.ok() && (!*job || (*job)->submission.coordinator == around_.node.did);
    if (is_ours) static_cast<void>(auctions_.take(std::move(bid)));
  }
}

network::Verdict Market::hear_heartbeat(const network::Envelope& envelope) {
  const auto heard = codec::decode_block<network::Heartbeat>(envelope.payload);
  // One of another version is handed on.
  if (heard.ok() && heard->executor) book_.heard(envelope.sender, *heard->executor);
  return network::Verdict::kAccept;
}

// ---- Requests

// On the transport's thread.
void Market::asked(const network::PeerId& peer, Bytes bytes, network::Respond respond) {
  const auto outcome = gate_.ask(peer.text(), around_.clock.now_ms());
  if (outcome == network::RequestGate::Outcome::kRefusedTooOften) around_.strike(peer);
  if (outcome != network::RequestGate::Outcome::kRead) return respond(std::nullopt);
  around_.loop.post(
      [this, peer, bytes = std::move(bytes), respond = std::move(respond)] { answer(peer, bytes, respond); });
}

void Market::answer(const network::PeerId& peer, const Bytes& bytes, const network::Respond& respond) {
  auto request = codec::decode_block<MeshRequest>(bytes);
  const auto asker = did_of(peer);
  Answered answered;
  answered.breaks_rule = !request.ok();
  const std::optional<BlockRequest> block = request.ok() ? request->block : std::nullopt;
  if (request.ok() && asker.ok()) answered = answer(*asker, std::move(*request));
  if (answered.breaks_rule) around_.strike(peer);
  if (!answered.answer) return respond(std::nullopt);
  if (block && answered.answer->is_early && wait_for_block(*asker, *block, respond)) return;
  respond(codec::encode_block(*answered.answer));
}

std::optional<MeshAnswer> Market::give(const Did& asker, const BlockRequest& request) {
  if (auto given = blocks_.give(asker, request)) return given;
  if (auto state = holdings_.give(asker, request)) return state;
  return deliveries_.give(asker, request);
}

bool Market::wait_for_block(const Did& asker, const BlockRequest& request, const network::Respond& respond) {
  if (early_.size() >= kEarlyMax) return false;
  early_.emplace(request.job_id, Early{asker, request, respond});
  around_.later(kEarlyMs, [this, id = request.job_id] { answer_early(id); });
  return true;
}

void Market::answer_early(const JobId& id) {
  const auto [first, last] = early_.equal_range(id);
  std::vector<Early> waiting;
  for (auto each = first; each != last; ++each) waiting.push_back(std::move(each->second));
  early_.erase(first, last);
  for (const Early& each : waiting) {
    const auto answer = give(each.asker, each.request);
    each.respond(answer ? std::optional(codec::encode_block(*answer)) : std::nullopt);
  }
}

Market::Answered Market::answer(const Did& asker, MeshRequest request) {
  if (request.block) return {give(asker, *request.block)};
  if (request.results) return take_results(asker, std::move(*request.results));
  if (request.bids) {
    const bool is_own =
        std::ranges::all_of(*request.bids, [&](const Bid& bid) { return bid.executor == asker; });
    if (!is_own || request.bids->size() > BidSubmission::kMax) return {std::nullopt, true};
    take_bids(std::move(*request.bids));
    return {MeshAnswer{}};
  }
  if (request.news) {
    if (request.news->size() > NewsRequest::kMax) return {std::nullopt, true};
    MeshAnswer answer;
    answer.news = holdings_.tell(asker, *request.news);
    if (!answer.news) return {std::nullopt, true};
    return {std::move(answer)};
  }
  if (request.calls) {
    MeshAnswer answer;
    answer.bids = calls_.take(asker, *request.calls);
    if (!answer.bids) return {std::nullopt, true};
    return {std::move(answer)};
  }
  return {std::nullopt, true};
}

// A receipt comes from who signed its claim: one of somebody else breaks a rule, whatever is true of it.
Market::Answered Market::take_results(const Did& asker, std::vector<ResultReport> reports) {
  if (reports.size() > Deliveries::kReportsPerRequest) return {std::nullopt, true};
  Answered out;
  out.answer.emplace();
  out.answer->verdicts.emplace();
  for (ResultReport& report : reports) {
    const bool is_own = report.claim.executor == asker;
    const std::string verdict = is_own ? receptions_.take(std::move(report)) : kValidationFailed.code;
    out.breaks_rule |= verdict == kValidationFailed.code;
    out.answer->verdicts->push_back(verdict);
  }
  return out;
}

// ---- For the workers

Result<std::shared_ptr<const Bytes>> Market::fetch_block(const JobId& id, const Did& coordinator,
                                                         const codec::Cid& cid,
                                                         const std::function<bool()>& is_cancelled) {
  struct Wait {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Result<std::shared_ptr<const Bytes>>> answer;
  };
  const auto wait = std::make_shared<Wait>();
  around_.loop.post([this, wait, id, coordinator, cid] {
    blocks_.fetch(id, coordinator, cid, [wait](Result<std::shared_ptr<const Bytes>> answer) {
      const std::lock_guard lock(wait->mutex);
      wait->answer = std::move(answer);
      wait->wake.notify_all();
    });
  });
  const auto end = std::chrono::steady_clock::now() + kFetchTimeout;
  std::unique_lock lock(wait->mutex);
  while (!wait->answer) {
    if (is_cancelled() || std::chrono::steady_clock::now() > end) {
      return Error(network::kUnreachable, "the coordinator gave no answer for " + cid.to_string());
    }
    wait->wake.wait_for(lock, kCancelPause);
  }
  return std::move(*wait->answer);
}

}  // namespace icn::mesh
