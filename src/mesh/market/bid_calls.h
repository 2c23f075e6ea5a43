#pragma once

#include "mesh/market/bidder.h"
#include "mesh/market/outboxes.h"
#include "mesh/market/peer_requests.h"
#include "network/rate_gate.h"
#include "network/request_gate.h"

namespace icn::mesh {

// How executors hear of a job before its block: its coordinator calls the first bidders, each in a request of
// its own, and nobody else; they answer with their bids. One that cannot be reached does not bid until it
// sees the block.
// Thread: the market's.
class BidCalls {
 public:
  using TakeBids = std::function<void(std::vector<Bid>)>;

  // `limit`: the calls of one peer that are read; the rest are dropped. `take_bids`: what executors answered.
  BidCalls(MarketSurroundings& around, ExecutorBidder& bidder, network::RequestGateOptions limit,
           TakeBids take_bids);

  // A job of this node whose submission waits for its block. A record of more than BidCall::kBytesMax is
  // announced by its block alone.
  void send(const JobId& id, const JobRecord& job);
  // This node's bids for what a peer calls for; none: no honest one does. A call costs a few reads of the
  // ledger and at most one signature, and makes this node fetch nothing.
  std::optional<std::vector<Bid>> take(const Did& asker, const std::vector<BidCall>& calls);

 private:
  struct Waiting {
    JobRecord job;
    std::uint64_t until_ms = 0;
  };

  bool send_some(const Did& executor, std::deque<Waiting>& waiting, std::function<void()> done);
  bool is_honest(const Did& asker, const JobRecord& job) const;
  std::optional<Bid> bid_for(const JobRecord& job);
  void hear(const Did& executor, MeshAnswer answer);

  MarketSurroundings& around_;
  ExecutorBidder& bidder_;
  const TakeBids take_bids_;
  network::RateGate gate_;
  Outboxes<Waiting> outboxes_;
};

}  // namespace icn::mesh
