#pragma once

#include <deque>

#include "mesh/market/surroundings.h"
#include "mesh/tx/withdraw.h"

namespace icn::mesh {

// What this node gives up as a coordinator, many in one transaction and one transaction at a time.
// Thread: the market's.
class Withdrawals {
 public:
  // The ledger's word: "retry", "settled", or why it changed nothing. Empty: it is not known.
  using Done = std::function<void(const std::string& result)>;

  explicit Withdrawals(MarketSurroundings& around) : around_(around) {}

  void add(WithdrawJobs::Item item, Done done);

 private:
  struct Waiting {
    WithdrawJobs::Item item;
    Done done;
  };
  void submit_more();

  MarketSurroundings& around_;
  std::deque<Waiting> waiting_;
  bool is_submitting_ = false;
};

}  // namespace icn::mesh
