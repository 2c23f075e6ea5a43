#include "storage/postgresql/pool.h"

#include <algorithm>

#include "storage/postgresql/errors.h"

namespace icn::storage::postgresql {

bool Pool::is_worn(const Connection& connection, std::size_t open) const {
  const auto now = SteadyClock::now();
  if (connection.is_lost() || now - connection.opened > std::chrono::milliseconds(options_.lifetime_max_ms))
    return true;
  return open > options_.connections_min &&
         now - connection.used > std::chrono::milliseconds(options_.idle_timeout_ms);
}

Result<Pool::Lease> Pool::take(Term term) {
  const std::size_t most = std::max<std::size_t>(options_.connections_max, 2);
  const std::size_t limit = term == Term::kAnswer ? most : most - std::max<std::size_t>(1, most / 4);
  std::vector<std::unique_ptr<Connection>> worn;  // closed after the lock
  std::unique_lock lock(mutex_);
  const auto is_free = [&] { return open_ - waiting_.size() < limit; };
  if (!given_.wait_for(lock, std::chrono::milliseconds(options_.connection_timeout_ms), is_free)) {
    return Error(kAway, "PostgreSQL: all " + std::to_string(limit) + " connections are in use");
  }
  while (!waiting_.empty()) {
    auto connection = std::move(waiting_.back());
    waiting_.pop_back();
    if (!is_worn(*connection, open_)) return Lease(connection.release(), {this});
    --open_;
    worn.push_back(std::move(connection));
  }
  ++open_;
  lock.unlock();
  auto opened = Connection::open(url_, options_);
  if (opened.ok()) return Lease(opened->release(), {this});
  lock.lock();
  --open_;
  given_.notify_one();
  // Each request that waits tries again and again.
  constexpr auto kPause = std::chrono::seconds(5);
  const bool is_told = SteadyClock::now() - told_at_ < kPause;
  if (!is_told) told_at_ = SteadyClock::now();
  lock.unlock();
  return without_address(opened.error(), is_told ? *silent_ : *log_);
}

void Pool::give(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  const bool is_kept = options_.is_pooled && !is_worn(*connection, open_);
  if (is_kept) {
    waiting_.push_back(std::move(connection));
  } else {
    --open_;
  }
  // Those that wait longest, and have been used least, stand in front.
  if (!waiting_.empty() && is_worn(*waiting_.front(), open_)) {
    waiting_.erase(waiting_.begin());
    --open_;
  }
  given_.notify_one();
}

Result<void> Pool::fill() {
  std::vector<Lease> held;
  if (!options_.is_pooled) return {};
  for (std::size_t i = 0; i < std::min(options_.connections_min, options_.connections_max); ++i) {
    ICN_TRY_ASSIGN(lease, take(Term::kAnswer));
    held.push_back(std::move(lease));
  }
  return {};
}

}  // namespace icn::storage::postgresql
