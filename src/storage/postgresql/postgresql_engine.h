#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "storage/folder_guard.h"
#include "storage/sql/reports.h"
#include "storage/store.h"

namespace icn::storage {

// The defaults are those of the performance guide.
struct PostgresqlOptions {
  std::string url;          // a connection string of libpq, with `sslmode` and the like; never logged
  std::string replica_url;  // a streaming replica that answers scans and snapshots as far as it has caught up
  std::string schema = "icn";
  std::size_t connections_max = 20;  // that read; the writer's two are apart
  std::size_t connections_min = 5;   // that are opened at the start and kept
  std::uint64_t connection_timeout_ms =
      10'000;  // for a free or new connection, and to find a server that went away
  std::uint64_t query_timeout_ms = 30'000;
  std::uint64_t idle_timeout_ms = 300'000;    // after which a connection above the minimum is closed
  std::uint64_t lifetime_max_ms = 1'800'000;  // after which any is
  bool is_pooled = true;                      // false: a connection is opened for each use
  // Told to who follows, with each batch (postgresql_follower.h): at most 7,900 bytes, else nothing is told
  // and they look for themselves. Empty function: nothing is. Thread: that of the writer.
  std::function<std::string(const std::vector<Row>& rows)> describe = {};
  // Tables whose record follows from its key, as that of a block does: they may be partitioned over several
  // servers (docs/partitions.md).
  std::vector<std::uint16_t> content_tables = {};
  ReadableTables readable = {};
  std::vector<sql::Report> reports = {};
};

// A schema of a PostgreSQL database (12 or newer, encoding UTF8), with tables as in sql/columns.h. The folder
// holds whose schema it is: ICN_STORE (folder_guard.h), ICN_TABLES and ICN_DATABASE, the id that stands in
// its table icn_meta too; kForeignFolder when they differ; a schema of
// that id under another name gets this one. An advisory lock keeps a second node away:
// kLocked.
//
// write(kBuffered) commits without waiting for the server's disk, flush() waits for all that was committed,
// from any thread; durable is what the server calls so (fsync, synchronous_commit, its replicas). A
// connection that is cut, or a server that restarts, is waited for; the number of the newest batch, which
// each batch writes, tells whether the one under way was committed (one row alone, which nobody is told of,
// writes no number and is sent again). kSyncFailed from then on: the server lost
// a buffered batch, another node wrote meanwhile, or it did not come back in connection_timeout_ms while a
// batch was under way. kFull: the server's disk is full. kAway (errors.h): it is away, or a query took longer
// than query_timeout_ms. Of a table that is partitioned over several servers a batch commits one after the
// other, the server of the store last, and erases there afterwards: a cut between leaves rows that nothing
// else of the batch tells of, and no scan of it is of one moment. A cursor or snapshot whose connection is
// cut ends with kAway. Where the server is stands in the errors of the first open() alone, else in the log.
class PostgresqlEngine final : public Engine {
 public:
  PostgresqlEngine(std::filesystem::path folder, PostgresqlOptions options, std::shared_ptr<Log> log,
                   std::vector<Migration> migrations = {});
  ~PostgresqlEngine() override;
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

  // The id of the store in options.schema, and how often it was opened. kAway
  static Result<std::string> generation(const PostgresqlOptions& options);

  // Whether the server keeps a sum of each page (data_checksums): without, bytes that its disk changed are
  // read as they are. kAway
  static Result<bool> has_page_sums(const PostgresqlOptions& options);

  // Drops the schema that belongs to `folder`, if there is one, before the folder itself is removed.
  // Nothing happens to one of another engine.
  static Result<void> drop(const std::filesystem::path& folder, const PostgresqlOptions& options);

 private:
  Result<std::unique_ptr<Store>> open_once(const std::vector<TableSchema>& tables);

  std::filesystem::path folder_;
  PostgresqlOptions options_;
  std::shared_ptr<Log> log_;
  std::vector<Migration> migrations_;
  bool was_open_ = false;
};

}  // namespace icn::storage
