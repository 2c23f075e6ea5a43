#include "mesh/market/bid_calls.h"

#include "mesh/lifecycle.h"
#include "mesh/tx/submit.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kCallsWaitingMax = 4 * BidCall::kMax;
constexpr std::uint64_t kCallUsefulMs = 2'000;  // later the block tells of the job

}  // namespace

BidCalls::BidCalls(MarketSurroundings& around, ExecutorBidder& bidder, network::RequestGateOptions limit)
    : around_(around),
      bidder_(bidder),
      gate_(limit.rate, limit.burst),
      outboxes_([this](const Did& executor, std::deque<Waiting>& waiting,
                       std::function<void()> done) { return send_some(executor, waiting, std::move(done)); },
                kCallsWaitingMax) {}

void BidCalls::send(const JobId& id, const JobRecord& job) {
  if (codec::encode_block(job).size() > BidCall::kBytesMax) return;
  const std::uint64_t until_ms = around_.clock.now_ms() + kCallUsefulMs;
  for (const Did& executor : bidder_.first_bidders(id)) {
    if (executor != around_.node.did) outboxes_.add(executor, {job, until_ms});
  }
}

bool BidCalls::send_some(const Did& executor, std::deque<Waiting>& waiting, std::function<void()> done) {
  const std::uint64_t now_ms = around_.clock.now_ms();
  std::vector<BidCall> calls;
  while (!waiting.empty() && calls.size() < BidCall::kMax) {
    if (waiting.front().until_ms >= now_ms) calls.push_back({std::move(waiting.front().job)});
    waiting.pop_front();
  }
  if (calls.empty()) return false;
  MeshRequest request;
  request.calls = std::move(calls);
  ask(around_, executor, request, [done = std::move(done)](const Result<MeshAnswer>&) { done(); });
  return true;
}

bool BidCalls::take(const Did& asker, const std::vector<BidCall>& calls) {
  if (calls.size() > BidCall::kMax) return false;
  for (const BidCall& call : calls) {
    if (!gate_.allow(asker.text(), around_.clock.now_ms())) return true;
    if (!is_honest(asker, call.job)) return false;
    consider(call.job);
  }
  return true;
}

// Its own, of this network, and of a form that the ledger takes. Whether its submitter has signed it is not
// looked at: a bid binds nobody before the ledger has seen it win, and there it wins no job that the ledger
// does not hold.
bool BidCalls::is_honest(const Did& asker, const JobRecord& job) const {
  if (job.submission.coordinator != asker || job.network != around_.network()) return false;
  if (codec::encode_block(job).size() > BidCall::kBytesMax) return false;
  const auto submission = codec::from_json<Submission>(codec::to_json(job.submission));
  return submission.ok() && SubmitJob::check({}, *submission).ok();
}

void BidCalls::consider(const JobRecord& job) {
  const JobId id = job_id_of(job);
  const auto committed = around_.find_job(id);
  if (!committed.ok()) return;
  const Job awaited = new_job(job.submitter, job.submission, around_.clock.now_secs());
  bidder_.consider(id, *committed ? **committed : awaited, BidCause::kCalled);
}

}  // namespace icn::mesh
