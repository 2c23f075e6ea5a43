#pragma once

#include <atomic>
#include <string>

#include "base/log.h"
#include "storage/postgresql/batch.h"
#include "storage/postgresql/growth.h"
#include "storage/postgresql/pool.h"
#include "storage/postgresql/tables.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// Whose schema it is, and the newest batch: the row of icn_meta.
struct StoreNote {
  std::string id;          // of the store
  std::int64_t epoch = 0;  // how often it was opened
  std::int64_t batch = 0;  // number of the newest batch
  std::int64_t rows = 0;   // estimated
};

// What shows that the newest batch is there: its number in icn_meta, or, when it was one row alone, that this
// row was written by its transaction or a later one. One row is written often, and the number would cost half
// as much again.
struct Evidence {
  std::int64_t batch = 0;           // the newest that left its number
  const TableSql* table = nullptr;  // of the row; null: the number is all
  Bytes key = {};
  std::uint32_t transaction = 0;
};

// The connection that holds the lock and writes. Thread: one at a time, except where it says other.
class Writer {
 public:
  // Connects, takes the lock and reads the note. The store `id`, if there is one, gets the name
  // options.schema when it has another, as after its folder was renamed; what had that name is moved aside.
  // kLocked: another has the lock.
  static Result<std::unique_ptr<Writer>> open(const PostgresqlOptions& options, const std::string& id,
                                              const Tables& tables, std::shared_ptr<Log> log);

  const StoreNote& note() const { return note_; }
  bool is_new() const { return is_new_; }
  // Counts this opening and makes the tables that are not there.
  Result<void> begin();
  // Names of the tables whose partitions no unique index spans, as it cannot where one lies on another
  // server.
  Result<std::vector<std::string>> spread_tables() const;
  // Ends the schema with all it holds.
  Result<void> drop();

  // All rows or none; whether durable at once, or with the next sync. kSyncFailed: see PostgresqlEngine.
  Result<bool> write(const std::vector<Row>& rows, bool is_synced);
  // Waits until the server has on disk what was committed; empty, or what went wrong. Thread: any one, apart
  // from write().
  std::string sync();

  std::int64_t rows() const { return rows_; }
  // Where the server's log was after the newest batch, for replicas; empty before the first. Thread: any.
  std::string position() const;

 private:
  Writer(const PostgresqlOptions& options, const Tables& tables, std::shared_ptr<Log> log)
      : options_(options), tables_(tables), log_(std::move(log)) {}
  Result<void> connect();
  Result<void> lock();
  Result<bool> look_for_store();
  Result<void> take_name(const std::string& id);
  Result<void> read_note();
  Result<void> make_reports();
  // After a cut: kSyncFailed when what was committed is not there. Tells whether batch `number` is.
  Result<bool> reconnect(std::int64_t number);
  Result<bool> look(std::int64_t number);
  static Result<bool> is_written(Connection& connection, const Evidence& evidence);
  Evidence evidence() const;
  void note_evidence(Evidence evidence);
  Result<void> attempt(const std::vector<Row>& rows, bool is_synced, std::int64_t number);
  void erase_later(const Batch& batch);
  Result<void> tell(const std::vector<Row>& rows, std::int64_t number);
  Result<void> take_answers(const std::vector<Answer>& answers, const std::vector<const TableSql*>& counts);

  const PostgresqlOptions options_;
  const Tables& tables_;
  const std::shared_ptr<Log> log_;
  std::unique_ptr<Connection> connection_;
  bool is_waiting_ = false;  // whether its commits wait for the disk
  std::unique_ptr<Connection> syncing_;
  StoreNote note_;
  bool is_new_ = false;
  std::atomic<std::int64_t> epoch_{0};  // of this opening
  std::atomic<std::int64_t> batch_{0};  // the newest one that was committed
  std::atomic<std::int64_t> rows_{0};
  std::int64_t added_ = 0;  // rows that icn_meta does not count yet
  Growth growth_;
  mutable std::mutex evidence_mutex_;
  Evidence evidence_;
  mutable std::mutex position_mutex_;
  std::string position_;
};

}  // namespace icn::storage::postgresql
