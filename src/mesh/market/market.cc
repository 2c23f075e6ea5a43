#include "mesh/market/market.h"

#include <algorithm>
#include <chrono>

#include "mesh/errors.h"
#include "network/errors.h"

namespace icn::mesh {
namespace {

constexpr auto kFetchTimeout = std::chrono::seconds(20);
constexpr auto kCancelPause = std::chrono::milliseconds(50);

}  // namespace

Market::Market(MarketSurroundings around, Auctions::Options options)
    : around_(std::move(around)),
      book_(around_.clock),
      bidder_(around_, book_, [this](const Job& job, Bid bid) { send_bid(job, std::move(bid)); }),
      auctions_(around_, book_, options, [this](const AttemptName& name) { announcements_.add(name); }),
      blocks_(around_),
      deliveries_(around_),
      receptions_(around_),
      announcements_(kGossipPauseMs, JobAnnouncement::kMax, around_.later,
                     [this](std::vector<AttemptName> names) {
                       around_.gossip.send({network::PayloadType::kJobAnnouncement,
                                            codec::encode_block(JobAnnouncement{std::move(names)}),
                                            {},
                                            ""});
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
  around_.transport.serve(
      network::Protocol::kMesh, [this](const network::PeerId& peer, Bytes bytes, network::Respond respond) {
        around_.loop.post([this, peer, bytes = std::move(bytes), respond = std::move(respond)] {
          answer(peer, bytes, respond);
        });
      });
}

void Market::await(const JobId& id, const Job& job) {
  if (book_.size() == 0) return;
  auctions_.await(id, job);
  bidder_.consider(id, job, false);
}

bool Market::open(const JobId& id, const Job& job) {
  if (book_.size() == 0) return false;
  auctions_.open(id, job);
  bidder_.consider(id, job, false);
  return true;
}

void Market::consider(const JobId& id, const Job& job) { bidder_.consider(id, job, false); }

void Market::on_ended(const JobId& id) {
  auctions_.close(id);
  blocks_.forget(id);
  deliveries_.forget(id);
  receptions_.forget(id);
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

network::Verdict Market::hear_announcement(const network::Envelope& envelope) {
  auto heard = codec::decode_block<JobAnnouncement>(envelope.payload);
  if (!heard.ok() || heard->attempts.empty() || heard->attempts.size() > JobAnnouncement::kMax) {
    return network::Verdict::kReject;
  }
  around_.loop.post([this, sender = envelope.sender, heard = std::move(*heard)] {
    for (const AttemptName& name : heard.attempts) {
      const auto job = around_.find_job(name.job_id);
      if (!job.ok() || !*job || (*job)->submission.coordinator != sender) continue;
      if ((*job)->attempt == name.attempt) bidder_.consider(name.job_id, **job, true);
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

void Market::answer(const network::PeerId& peer, const Bytes& bytes, const network::Respond& respond) {
  auto request = codec::decode_block<MeshRequest>(bytes);
  const auto asker = did_of(peer);
  if (!request.ok() || !asker.ok()) return respond(std::nullopt);
  const auto answer_of_it = answer(*asker, std::move(*request));
  if (!answer_of_it) return respond(std::nullopt);
  respond(codec::encode_block(*answer_of_it));
}

std::optional<MeshAnswer> Market::answer(const Did& asker, MeshRequest request) {
  if (request.block) {
    if (auto given = blocks_.give(asker, *request.block)) return given;
    return deliveries_.give(asker, *request.block);
  }
  MeshAnswer answer;
  if (request.results) {
    if (request.results->size() > Deliveries::kReportsPerRequest) return std::nullopt;
    answer.verdicts.emplace();
    for (ResultReport& report : *request.results)
      answer.verdicts->push_back(receptions_.take(std::move(report)));
    return answer;
  }
  if (request.bids) {
    const bool is_own =
        std::ranges::all_of(*request.bids, [&](const Bid& bid) { return bid.executor == asker; });
    if (!is_own || request.bids->size() > BidSubmission::kMax) return std::nullopt;
    take_bids(std::move(*request.bids));
    return answer;
  }
  return std::nullopt;
}

// ---- For the workers

Result<Bytes> Market::fetch_block(const JobId& id, const Did& coordinator, const codec::Cid& cid,
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
  if (!wait->answer->ok()) return wait->answer->error();
  return Bytes(***wait->answer);
}

}  // namespace icn::mesh
