#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "devnet/control.h"
#include "devnet/world.h"
#include "ledger/transaction.h"

namespace icn::devnet {

// One transaction, sent to one node and looked for at all.
struct FinalitySample {
  double at_secs = 0;          // when it was sent, since the first of its probe
  double answered_secs = 0;    // until its node said it is final
  double everywhere_secs = 0;  // until every node that is up told it as committed
};

double seconds_since(std::chrono::steady_clock::time_point start);

// Sends transactions and waits until every node tells them as committed. Thread: one.
class TransactionProbe {
 public:
  TransactionProbe(const World& world, const Control& control);

  // POST `path` at `node`; empty: it went well, else why not. `answer`, if given, becomes what the node said.
  std::string run(std::size_t node, std::string_view path, const ledger::Transaction& transaction,
                  FinalitySample& sample, codec::Json* answer = nullptr);

  // Asks every node that is up, one after the other, until it answers `is_so` with true; empty, or why it
  // gave up: 20 s have passed since `start`, or the run is told to end.
  std::string wait_everywhere(const std::string& path, std::chrono::steady_clock::time_point start,
                              const std::function<bool(const codec::Json&)>& is_so);

 private:
  const World& world_;
  const Control& control_;
  std::vector<http::Client> clients_;
};

}  // namespace icn::devnet
