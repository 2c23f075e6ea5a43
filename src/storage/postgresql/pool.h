#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/postgresql/connection.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// Connections that read. Thread: any.
class Pool {
 public:
  // `url` of the server or of its replica. Where that is, is told to `log` alone.
  Pool(std::string url, const PostgresqlOptions& options, std::shared_ptr<Log> log)
      : url_(std::move(url)), options_(options), log_(std::move(log)) {}

  struct GiveBack {
    Pool* pool;
    void operator()(Connection* connection) const { pool->give(std::unique_ptr<Connection>(connection)); }
  };
  using Lease = std::unique_ptr<Connection, GiveBack>;

  // For how long: a quarter of the connections is kept for single answers, so that who holds a snapshot and
  // asks for one more does not wait for those who do the same.
  enum class Term { kAnswer, kSnapshot };
  // kAway: none was free in connection_timeout_ms, or the server cannot be reached.
  Result<Lease> take(Term term);
  // Opens the least that are kept.
  Result<void> fill();

  // Whether somebody has waited for the server in vain, as long as may be, and nobody has heard of it since:
  // who asks then waits no more than a try takes. Threads that read are few, and others need them.
  bool is_given_up() const { return is_given_up_; }
  void give_up() { is_given_up_ = true; }
  void heard() { is_given_up_ = false; }

 private:
  void give(std::unique_ptr<Connection> connection);
  bool is_worn(const Connection& connection, std::size_t open) const;

  const std::string url_;
  const PostgresqlOptions options_;
  const std::shared_ptr<Log> log_;
  const std::shared_ptr<Log> silent_ = make_silent_log();
  std::mutex mutex_;
  std::condition_variable given_;
  std::vector<std::unique_ptr<Connection>> waiting_;  // the one used last at the end
  SteadyClock::time_point told_at_;
  std::size_t open_ = 0;  // waiting or lent
  std::atomic<bool> is_given_up_{false};
};

}  // namespace icn::storage::postgresql
