#pragma once

#include <map>

#include "mesh/market/bid_windows.h"
#include "mesh/market/executor_book.h"
#include "mesh/market/withdrawals.h"

namespace icn::mesh {

// The bids for the jobs this node coordinates. An attempt is assigned as soon as three eligible bids have
// come (or one of every executor there is), else when its window ends; without an eligible bid it is
// announced again, kRounds times in all, and then given up and refunded (mesh.withdraw); a node that has just
// begun and may not know its network yet goes on asking for kFindMs. What the ledger refuses is tried anew
// with the bids that come then.
//
// A job may be assigned before its submission is committed: the assignment follows it through the pool and
// stands behind it in the same block, or in the next one. Where it overtook the submission the ledger knows
// no such job; the bids are kept for the moment the submission is there. Thread: the market's.
class Auctions {
 public:
  static constexpr std::size_t kEnoughBids = 3;
  static constexpr std::uint32_t kRounds = 3;
  static constexpr std::uint64_t kFindMs = 20'000;

  struct Options {
    std::uint64_t window_ms = 500;
  };

  // `announce` asks everybody for bids.
  Auctions(MarketSurroundings& around, const ExecutorBook& book, Withdrawals& withdrawals, Options options,
           std::function<void(const AttemptName&)> announce);

  // The jobs of a submission wait so long for bids, in place of Options::window_ms; none: that long again.
  void set_window(const SubmissionName& name, std::optional<std::uint64_t> window_ms) {
    windows_.set(name, window_ms, around_.clock.now_ms());
  }

  // A submission that waits for its block, unless its auction has begun or its time has not come (false).
  // Forgotten when the block does not come within kRounds windows.
  bool await(const JobId& id, const Job& job);
  // An attempt that is committed and has no executor.
  void open(const JobId& id, const Job& job);
  // A bid from the network or of this node; one that is not for an open attempt waits a moment for it.
  //   bad_bid: its form, its signature, or a second one of its executor
  Result<void> take(Bid bid);
  // The job is assigned or has ended.
  void close(const JobId& id);

  bool is_open(const JobId& id) const { return auctions_.contains(id); }
  // What has come so far.
  std::vector<Bid> bids(const JobId& id) const;

 private:
  struct Auction {
    std::uint32_t attempt = 1;
    std::uint32_t round = 1;
    std::uint64_t turn = 0;  // which opening or round this is: old timers do nothing
    std::uint64_t begun_ns = 0;
    std::uint64_t window_ms = 0;
    bool is_assigning = false;
    std::optional<Job> awaited;  // until the ledger has it
    std::vector<Bid> bids;
    std::size_t eligible = 0;  // of them, as they were judged when they came
  };
  struct Counters {
    explicit Counters(telemetry::Metrics& metrics);
    telemetry::Gauge& bidding;
    telemetry::Counter& bids;
    telemetry::Histogram& assignment;
  };
  struct Early {
    Bid bid;
    std::uint64_t until_ms = 0;
  };

  Result<std::optional<Job>> find_job(const JobId& id, const Auction& auction) const;
  // A new auction, with the bids that came before it.
  void begin(const JobId& id, const Job& job, Auction& auction);
  void start_round(const JobId& id, Auction& auction);
  void on_window_end(const JobId& id, std::uint64_t turn);
  // As it is measured now; none: not at all.
  std::optional<std::uint32_t> rtt_ms(const Did& executor) const;
  JudgedBid judge(const JobId& id, const Job& job, const Bid& bid) const;
  std::vector<JudgedBid> judge(const JobId& id, const Job& job, const std::vector<Bid>& bids) const;
  bool has_enough(const Auction& auction) const;
  Result<void> add(const JobId& id, const Job& job, Auction& auction, Bid bid);
  // Takes one away that cannot win; false: all can.
  bool drop_useless(const JobId& id, const Job& job, Auction& auction) const;
  void give_up(const JobId& id, Auction& auction);
  void assign(const JobId& id, Auction& auction);
  void submit_soon();
  void submit_more();
  std::vector<JobId> take_chosen();
  void on_answer(const std::vector<JobId>& ids, const Result<codec::Json>& answer);
  void on_overtaken(const JobId& id);
  void try_again(const JobId& id);
  void count_open();

  MarketSurroundings& around_;
  const ExecutorBook& book_;
  Withdrawals& withdrawals_;
  const Options options_;
  const std::function<void(const AttemptName&)> announce_;
  std::map<JobId, Auction> auctions_;
  std::multimap<JobId, Early> early_;
  BidWindows windows_;
  std::optional<Counters> counters_;
  const std::uint64_t began_ms_;
  std::uint64_t next_turn_ = 0;
  std::vector<JobId> chosen_;   // to be assigned in the next transaction
  std::size_t submitting_ = 0;  // transactions the ledger has not decided
  bool is_gathering_ = false;
};

}  // namespace icn::mesh
