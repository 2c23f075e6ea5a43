#include "mesh/market/bid_calls.h"

#include "mesh/lifecycle.h"
#include "mesh/tx/submit.h"

namespace icn::mesh {
namespace {

constexpr std::size_t kCallsWaitingMax = 4 * BidCall::kMax;
constexpr std::uint64_t kCallUsefulMs = 2'000;  // later the block tells of the job

}  // namespace

BidCalls::BidCalls(MarketSurroundings& around, ExecutorBidder& bidder, network::RequestGateOptions limit,
                   TakeBids take_bids)
    : around_(around),
      bidder_(bidder),
      take_bids_(std::move(take_bids)),
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
  ask(around_, executor, request, [this, executor, done = std::move(done)](Result<MeshAnswer> answer) {
    if (answer.ok()) hear(executor, std::move(*answer));
    done();
  });
  return true;
}

void BidCalls::hear(const Did& executor, MeshAnswer answer) {
  if (!answer.bids || answer.bids->size() > BidCall::kMax) return;
  std::erase_if(*answer.bids, [&](const Bid& bid) { return bid.executor != executor; });
  take_bids_(std::move(*answer.bids));
}

std::optional<std::vector<Bid>> BidCalls::take(const Did& asker, const std::vector<BidCall>& calls) {
  if (calls.size() > BidCall::kMax) return std::nullopt;
  std::vector<Bid> out;
  for (const BidCall& call : calls) {
    if (!gate_.allow(asker.text(), around_.clock.now_ms())) break;
    if (!is_honest(asker, call.job)) return std::nullopt;
    if (auto bid = bid_for(call.job)) out.push_back(std::move(*bid));
  }
  return out;
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

std::optional<Bid> BidCalls::bid_for(const JobRecord& job) {
  const JobId id = job_id_of(job);
  const auto committed = around_.find_job(id);
  if (!committed.ok()) return std::nullopt;
  const Job awaited = new_job(job.submitter, job.submission, around_.clock.now_secs());
  return bidder_.make_bid(id, *committed ? **committed : awaited, BidCause::kCalled);
}

}  // namespace icn::mesh
