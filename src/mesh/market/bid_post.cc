#include "mesh/market/bid_post.h"

namespace icn::mesh {

BidPost::BidPost(MarketSurroundings& around)
    : around_(around),
      gossip_(kGossipPauseMs, BidSubmission::kMax, around.later, [this](std::vector<Bid> bids) {
        around_.gossip.send({network::PayloadType::kBidSubmission,
                             codec::encode_block(BidSubmission{std::move(bids)}),
                             {},
                             ""});
      }) {}

void BidPost::send(const Did& coordinator, Bid bid) {
  outboxes_[coordinator].waiting.push_back(std::move(bid));
  send_more(coordinator);
}

// One request at a time: what comes meanwhile goes together.
void BidPost::send_more(const Did& coordinator) {
  Outbox& outbox = outboxes_[coordinator];
  if (outbox.is_sending) return;
  if (outbox.waiting.empty()) {
    outboxes_.erase(coordinator);
    return;
  }
  outbox.is_sending = true;
  std::vector<Bid> bids = std::exchange(outbox.waiting, {});
  if (bids.size() > BidSubmission::kMax) bids.resize(BidSubmission::kMax);
  MeshRequest request;
  request.bids = bids;
  ask(around_, coordinator, request,
      [this, coordinator, bids = std::move(bids)](const Result<MeshAnswer>& answer) {
        if (!answer.ok()) {
          for (const Bid& bid : bids) gossip_.add(bid);
        }
        outboxes_[coordinator].is_sending = false;
        send_more(coordinator);
      });
}

}  // namespace icn::mesh
