#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "http/client.h"
#include "ledger/ordered_log.h"

namespace icn::node {

struct LeaderLinkOptions {
  std::string url;
  std::string ca_file;
  std::uint64_t look_ms = 500;
  Did node_did;                   // whose node it must be
  bool is_in_federation = false;  // others decide on while that node is away
};

// What a gateway knows of the node that writes: asked every look_ms on a thread of its own, and told by
// requests that were passed on. As the log of a ledger that follows it takes no transaction: none comes this
// way.
class LeaderLink final : public ledger::OrderedLog {
 public:
  // `database_age_ms`: how long ago it was known that no block was missed.
  LeaderLink(LeaderLinkOptions options, std::function<std::uint64_t()> database_age_ms,
             std::shared_ptr<Log> log);
  ~LeaderLink() override;  // stop()

  bool is_reachable() const { return is_reachable_; }
  // Returns when it is known whether the node that writes is there, or after `longest`.
  void wait_until_looked(std::chrono::milliseconds longest) const;
  // A request was passed on, or could not be.
  void heard(bool is_reachable);
  // Empty: well. Why blocks are not seen.
  std::string database_problem() const;

  void submit(std::vector<ledger::Submission> group) override;
  ledger::LogStatus status() const override;
  std::optional<std::uint64_t> stale_secs() const override;
  void stop() override;

 private:
  void run();
  Result<void> look(http::Client& client);

  const LeaderLinkOptions options_;
  const std::function<std::uint64_t()> database_age_ms_;
  const std::shared_ptr<Log> log_;
  std::atomic<bool> is_reachable_{false};
  std::atomic<bool> is_taking_writes_{true};
  std::atomic<bool> has_looked_{false};
  std::atomic<bool> is_known_{false};         // it was found to be the right node
  std::atomic<std::int64_t> stale_secs_{-1};  // as it says; -1: it is not
  std::atomic<std::int64_t> heard_at_ms_;     // of the steady clock
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace icn::node
