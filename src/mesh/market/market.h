#pragma once

#include <condition_variable>
#include <map>

#include "mesh/market/assignments.h"
#include "mesh/market/auctions.h"
#include "mesh/market/bid_calls.h"
#include "mesh/market/bid_post.h"
#include "mesh/market/bidder.h"
#include "mesh/market/deliveries.h"
#include "mesh/market/holdings.h"
#include "mesh/market/job_blocks.h"
#include "mesh/market/receptions.h"
#include "network/request_gate.h"

namespace icn::mesh {

// A node's part in the job market of its network: bids for jobs others coordinate, gives the jobs it
// coordinates to the best bidder and takes them from one that is gone, moves what a run needs, what it says
// and what it made. Source: domain.md 7, design.md 6.
// Made before the transport starts, destroyed after it has stopped. Thread: the loop of its surroundings, but
// for what says "any".
class Market {
 public:
  struct Options {
    Auctions::Options auctions;
    network::RequestGateOptions requests;  // more of one peer are refused unread
  };

  Market(MarketSurroundings around, Options options);

  // How long the jobs of a submission wait for bids; none: as the options say. Before await().
  void set_bid_window(const SubmissionName& name, std::optional<std::uint64_t> window_ms) {
    auctions_.set_window(name, window_ms);
  }
  // A job this node coordinates whose submission waits for its block: the executors that bid first are
  // called, and the assignment goes into the same block if it can.
  void await(const JobRecord& record);
  // An attempt that is committed and has no executor, coordinated by this node. What it names and this node
  // does not have is fetched first, if it is public.
  void open(const JobId& id, const Job& job);
  // The same, coordinated by another node.
  void consider(const JobId& id, const Job& job);
  // An attempt is assigned; the job has ended.
  void on_assigned(const JobId& id, const Job& job);
  void on_ended(const JobId& id);
  // A run of this node for the coordinator of its job.
  void deliver(std::shared_ptr<const FinishedAttempt> attempt, const Did& coordinator);

  // A block of a job that another node coordinates. Waits for it; `is_cancelled` ends the wait. Thread: any
  // but the loop's.   E001: its coordinator does not have it; F008
  Result<std::shared_ptr<const Bytes>> fetch_block(const JobId& id, const Did& coordinator,
                                                   const codec::Cid& cid,
                                                   const std::function<bool()>& is_cancelled);

  // A bid for an attempt this node coordinates, made by hand.   bad_bid, wrong_attempt: none are awaited;
  // already_assigned
  Result<void> bid(Bid bid);
  std::vector<Bid> bids(const JobId& id) const { return auctions_.bids(id); }
  // Thread: any.
  const ExecutorBook& executors() const { return book_; }
  const Assignments& assignments() const { return assignments_; }

 private:
  void join();
  std::string trace_of(const std::vector<AttemptName>& names) const;
  void forget_before(const JobId& id, std::uint32_t attempt);
  void open_now(const JobId& id, const Job& job);
  void open_later(const JobId& id, std::uint32_t attempt);
  void announce(const AttemptName& name);
  void send_bid(const Job& job, Bid bid);
  network::Verdict hear_announcement(const network::Envelope& envelope);
  void take_bids(std::vector<Bid> bids);
  network::Verdict hear_bids(const network::Envelope& envelope);
  network::Verdict hear_heartbeat(const network::Envelope& envelope);
  void asked(const network::PeerId& peer, Bytes bytes, network::Respond respond);
  void answer(const network::PeerId& peer, const Bytes& bytes, const network::Respond& respond);
  // None: refused. A request that no honest node makes breaks a rule.
  struct Answered {
    std::optional<MeshAnswer> answer;
    bool breaks_rule = false;
  };
  Answered answer(const Did& asker, MeshRequest request);
  std::optional<MeshAnswer> give(const Did& asker, const BlockRequest& request);
  // Its node has seen a block that this one has not: answered when that is here, or after a moment.
  bool wait_for_block(const Did& asker, const BlockRequest& request, const network::Respond& respond);
  void answer_early(const JobId& id);
  Answered take_results(const Did& asker, std::vector<ResultReport> reports);

  MarketSurroundings around_;
  network::RequestGate gate_;  // the transport's thread
  ExecutorBook book_;
  ExecutorBidder bidder_;
  BidCalls calls_;
  Withdrawals withdrawals_;
  Auctions auctions_;
  JobBlocks blocks_;
  Holdings holdings_;
  Deliveries deliveries_;
  Receptions receptions_;
  Assignments assignments_;
  Batcher<AttemptName> announcements_;
  BidPost bids_;
  struct Early {
    Did asker;
    BlockRequest request;
    network::Respond respond;
  };
  std::multimap<JobId, Early> early_;
};

}  // namespace icn::mesh
