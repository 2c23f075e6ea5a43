#pragma once

#include <map>

#include "mesh/market/batcher.h"
#include "mesh/market/peer_requests.h"

namespace icn::mesh {

// Brings this node's bids to coordinators: each in a request of its own peer, and by gossip to one that
// cannot be reached so. (By gossip alone a job cost 180 KB of traffic in a network of ten: every node hands
// every bid on.) Thread: the market's.
class BidPost {
 public:
  explicit BidPost(MarketSurroundings& around);

  void send(const Did& coordinator, Bid bid);

 private:
  struct Outbox {
    std::vector<Bid> waiting;
    bool is_sending = false;
  };
  void send_more(const Did& coordinator);

  MarketSurroundings& around_;
  std::map<Did, Outbox> outboxes_;
  Batcher<Bid> gossip_;
};

}  // namespace icn::mesh
