#include "mesh/market/bid_post.h"

#include <algorithm>

namespace icn::mesh {

BidPost::BidPost(MarketSurroundings& around)
    : around_(around),
      outboxes_([this](const Did& coordinator, std::deque<Bid>& waiting, std::function<void()> done) {
        return send_some(coordinator, waiting, std::move(done));
      }),
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
        if (!answer.ok()) {
          for (const Bid& bid : bids) gossip_.add(bid);
        }
        done();
      });
  return true;
}

}  // namespace icn::mesh
