#pragma once

#include "mesh/market/bidder.h"
#include "mesh/market/outboxes.h"
#include "mesh/market/peer_requests.h"
#include "network/rate_gate.h"
#include "network/request_gate.h"

namespace icn::mesh {

// How executors hear of a job before its block: its coordinator calls the first bidders, each in a request of
// its own, and nobody else. One that cannot be reached does not bid until it sees the block.
// Thread: the market's.
class BidCalls {
 public:
  // `limit`: the calls of one peer that are read; the rest are dropped.
  BidCalls(MarketSurroundings& around, ExecutorBidder& bidder, network::RequestGateOptions limit);

  // A job of this node whose submission waits for its block. A record of more than BidCall::kBytesMax is
  // announced by its block alone.
  void send(const JobId& id, const JobRecord& job);
  // What a peer calls for. False: no honest one does. A call costs a few reads of the ledger and at most one
  // signature, and makes this node fetch nothing.
  bool take(const Did& asker, const std::vector<BidCall>& calls);

 private:
  struct Waiting {
    JobRecord job;
    std::uint64_t until_ms = 0;
  };

  bool send_some(const Did& executor, std::deque<Waiting>& waiting, std::function<void()> done);
  bool is_honest(const Did& asker, const JobRecord& job) const;
  void consider(const JobRecord& job);

  MarketSurroundings& around_;
  ExecutorBidder& bidder_;
  network::RateGate gate_;
  Outboxes<Waiting> outboxes_;
};

}  // namespace icn::mesh
