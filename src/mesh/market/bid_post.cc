#include "mesh/market/bid_post.h"

#include <algorithm>

namespace icn::mesh {
namespace {

constexpr std::size_t kBidsWaitingMax = 4 * BidSubmission::kMax;

}  // namespace

BidPost::BidPost(MarketSurroundings& around)
    : around_(around),
      outboxes_(
          [this](const Did& coordinator, std::deque<Bid>& waiting, std::function<void()> done) {
            return send_some(coordinator, waiting, std::move(done));
          },
          kBidsWaitingMax),
      gossip_(kGossipPauseMs, BidSubmission::kMax, around.later, [this](std::vector<Bid> bids) {
        around_.gossip.send({network::PayloadType::kBidSubmission,
                             codec::encode_block(BidSubmission{std::move(bids)}),
                             {},
                             ""});
      }) {}

bool BidPost::send_some(const Did& coordinator, std::deque<Bid>& waiting, std::function<void()> done) {
  if (waiting.empty()) return false;
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting.size(), BidSubmission::kMax));
  std::vector<Bid> bids(waiting.begin(), waiting.begin() + count);
  waiting.erase(waiting.begin(), waiting.begin() + count);
  MeshRequest request;
  request.bids = bids;
  ask(around_, coordinator, request,
      [this, bids = std::move(bids), done = std::move(done)](const Result<MeshAnswer>& answer) {
        if (!answer.ok()) say_to_all(bids);
        done();
      });
  return true;
}

void BidPost::say_to_all(const std::vector<Bid>& bids) {
  for (const Bid& bid : bids) {
    const auto job = around_.find_job(bid.job_id);
    if (job.ok() && *job) gossip_.add(bid);
  }
}

}  // namespace icn::mesh
