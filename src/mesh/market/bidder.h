#pragma once

#include <set>

#include "mesh/market/executor_book.h"
#include "mesh/market/surroundings.h"

namespace icn::mesh {

// An executor bids while this much is available to it. Source: domain.md 7.
inline constexpr Millimana kBidAvailableMin = Millimana::from_mana(50);

// The bid that an executor with this offer makes for a job: unsigned, at the usual price of its reputation.
// It names the federations that the ledger counts it among.
Bid bid_for(const JobId& id, const Job& job, const Did& executor, const network::ExecutorOffer& offer,
            const Bidder& bidder, const ledger::Parameters& parameters);
// Why it may not run the job when nobody else is there: whatever it asks for it, and whichever attempts of it
// it has lost. Empty: it may.
std::string refusal_of_offer(const Job& job, const Did& executor, const network::ExecutorOffer& offer,
                             const Bidder& bidder, const ledger::Parameters& parameters);

// Why an executor thinks of a bid: it sees the attempt; its coordinator wants one of this executor, or more
// of everybody.
enum class BidCause { kSeen, kCalled, kAnnounced };

// This node's offers for attempts of jobs: what it can run, at the usual price, while its queue has room.
// Of a job whose submission was just committed only first_bidders() bid: everybody's bid for every job would
// cost more than small jobs do; nor does one bid whose workers are all busy with long jobs. Its coordinator
// calls them while the submission waits for its block (bid_calls.h): a bid binds nobody before the ledger has
// seen it win. Once it announces that it wants more, everybody bids. While the node's account has too little
// mana it does not bid, and says so once.
// Thread: the market's.
class ExecutorBidder {
 public:
  static constexpr std::size_t kFirstBidders = 4;
  using Send = std::function<void(const Job& job, Bid bid)>;

  ExecutorBidder(MarketSurroundings& around, const ExecutorBook& book, Send send)
      : around_(around), book_(book), send_(std::move(send)) {}

  // An attempt that is committed, or about to be, and has no executor. It bids once, and again for each
  // announcement.
  void consider(const JobId& id, const Job& job, BidCause cause);
  // The same, for who answers with the bid; none: it does not bid.
  std::optional<Bid> make_bid(const JobId& id, const Job& job, BidCause cause);
  // The kFirstBidders of the executors it knows, itself among them if it runs jobs, that come first in the
  // order of SHA-256(job_id, executor): coordinators call by it, executors bid by it.
  std::vector<Did> first_bidders(const JobId& id) const;

 private:
  bool has_room() const;
  bool has_enough();
  std::uint32_t est_secs() const;

  MarketSurroundings& around_;
  const ExecutorBook& book_;
  const Send send_;
  bool is_short_ = false;  // of mana, and has said so
  // Attempts it has bid for, in two generations: when the young one is full the old one is dropped.
  std::set<AttemptName> bid_for_;
  std::set<AttemptName> bid_for_before_;
};

}  // namespace icn::mesh
