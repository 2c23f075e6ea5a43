#pragma once

#include <algorithm>
#include <thread>
#include <utility>

#include "storage/postgresql/errors.h"
#include "storage/postgresql/pool.h"
#include "storage/postgresql/tables.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// BEGIN alone does not fix what a moment shows: its first query does.
inline constexpr const char* kBeginMoment =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1; SAVEPOINT icn_moment";
inline constexpr const char* kBackToMoment = "ROLLBACK TO SAVEPOINT icn_moment";

// What `ask` gets from a connection; once more on another one, up to connection_timeout_ms after `since`,
// when it is cut; at once, where another one has waited that long in vain.
template <typename Ask>
auto on_connection(Pool& pool, const PostgresqlOptions& options, SteadyClock::time_point since,
                   const Ask& ask) -> decltype(ask(std::declval<Connection&>())) {
  constexpr auto kPauseMax = std::chrono::milliseconds(500);
  const auto deadline = since + std::chrono::milliseconds(options.connection_timeout_ms);
  for (auto pause = std::chrono::milliseconds(10);; pause = std::min(pause * 2, kPauseMax)) {
    auto connection = pool.take(Pool::Term::kAnswer);
    if (connection.ok()) {
      auto found = ask(**connection);
      if (found.ok() || !(*connection)->is_lost()) {
        pool.heard();
        return found;
      }
    }
    if (!connection.ok() && pool.is_given_up()) return connection.error();
    if (SteadyClock::now() + pause > deadline) {
      pool.give_up();
      return connection.ok() ? Error(kAway, "PostgreSQL: the server is away") : connection.error();
    }
    // Other connections that wait were cut, too: each is tried at once.
    if (!connection.ok()) std::this_thread::sleep_for(pause);
  }
}
// The caller has the connection for itself.
Result<std::optional<Bytes>> get_from(Connection& connection, const TableSql& table, ByteView key);

// A moment of the database on a connection of its own.
Result<Pool::Lease> open_moment(Pool& pool);
// Rows of that moment. Takes the connection.
Result<std::unique_ptr<Cursor>> scan_moment(Pool::Lease moment, const TableSql& table,
                                            const ScanRange& range);
// Takes the connection. When there is none, a reader whose calls all give that error.
std::unique_ptr<Reader> snapshot_of(Result<Pool::Lease> moment, const Tables& tables);

}  // namespace icn::storage::postgresql
