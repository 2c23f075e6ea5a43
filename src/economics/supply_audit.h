#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "economics/conservation.h"
#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::economics {

// Adds up all accounts on a thread of its own: when asked, and every hour by itself (an epoch's check,
// domain.md 5). A count is good for 10 s. A mismatch counts in icn_economics_invariant_failures_total.
// Thread: any. Stopped before the executors of who waits end, destroyed before the ledger and the metrics.
class SupplyAudit {
 public:
  struct Counted {
    SupplyReport report;
    TimestampSecs at = 0;
    std::uint64_t height = 0;  // the newest block when it was counted, or a later one
  };
  using Answer = std::function<void(const Result<Counted>&)>;

  SupplyAudit(const ledger::Ledger& ledger, const Clock& clock, telemetry::Metrics& metrics);
  ~SupplyAudit();  // stop()

  // Calls `answer` at once with a count that is still good, else later on this object's thread.
  void ask(Answer answer);
  // Waits for the count that runs. Who waits, and who asks later, hears unavailable.
  void stop();

 private:
  void run();
  Result<Counted> count();

  const ledger::Ledger& ledger_;
  const Clock& clock_;
  telemetry::Counter& failures_;
  telemetry::Gauge& regeneration_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Answer> waiting_;
  std::shared_ptr<const Result<Counted>> last_;
  std::uint64_t counted_ns_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace icn::economics
