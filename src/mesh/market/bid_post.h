#pragma once

#include "mesh/market/batcher.h"
#include "mesh/market/outboxes.h"
#include "mesh/market/peer_requests.h"

namespace icn::mesh {

// Brings this node's bids to coordinators: each in a request of its own peer, and by gossip to one that
// cannot be reached so, if the ledger has the job: whoever calls for bids must not make this node speak to
// everybody. (By gossip alone a job cost 180 KB of traffic in a network of ten: every node hands every bid
// on.) Thread: the market's.
class BidPost {
 public:
  explicit BidPost(MarketSurroundings& around);

  void send(const Did& coordinator, Bid bid) { outboxes_.add(coordinator, std::move(bid)); }

 private:
  bool send_some(const Did& coordinator, std::deque<Bid>& waiting, std::function<void()> done);
  void say_to_all(const std::vector<Bid>& bids);

  MarketSurroundings& around_;
  Outboxes<Bid> outboxes_;
  Batcher<Bid> gossip_;
};

}  // namespace icn::mesh
