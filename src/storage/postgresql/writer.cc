#include "storage/postgresql/writer.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "storage/errors.h"
#include "storage/postgresql/errors.h"
#include "storage/sql/columns.h"

namespace icn::storage::postgresql {
namespace {

constexpr auto kPauseMin = std::chrono::milliseconds(10);
constexpr auto kPauseMax = std::chrono::milliseconds(500);
// How long a lock is waited for at the start: the server may not have noticed yet that our last process is
// gone.
constexpr std::uint64_t kLockTimeoutMs = 1'500;

constexpr std::string_view kUniqueViolation = "23505";

const char* sql_of(Other which) {
  switch (which) {
    case Other::kBegin:
      return "BEGIN";
    case Other::kCommit:
      return "COMMIT";
    case Other::kSynced:
      return "SET synchronous_commit TO DEFAULT";
    case Other::kBuffered:
      return "SET synchronous_commit = off";
    case Other::kNote:
      return "UPDATE icn_meta SET batch = $1::bigint, rows = rows + $2::bigint";
    case Other::kFlush:
      // A commit that waits for the disk, and with it for all commits before it.
      return "SELECT batch, pg_logical_emit_message(true, 'icn', '') FROM icn_meta WHERE epoch = $1::bigint";
    case Other::kPosition:
      return "SELECT pg_current_wal_insert_lsn()::text";
    case Other::kTell:
      return "SELECT pg_notify($1::text, $2::text)";
  }
  return "";
}

Result<void> prepare(Connection& connection, std::initializer_list<Other> which) {
  for (const Other each : which) {
    ICN_TRY(connection.prepare(statement_id(each), [each] { return std::string(sql_of(each)); }));
  }
  return {};
}

Result<void> send(Connection& connection, Other which, const Parameters& parameters = {}) {
  return connection.send(statement_id(which), parameters);
}

std::int64_t number_of(const std::string& text) {
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// Answers of run() come as text.
std::int64_t number_at(const Answer& answer, int row, int column) {
  return number_of(answer_text(answer, row, column));
}

std::string lock_key(const std::string& schema) {
  return "hashtextextended(" + sql::literal("icn store " + schema) + ", 0)";
}

// A lock is two numbers in pg_locks.
std::string holder_of(const std::string& schema) {
  return "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND database = "
         "(SELECT oid "
         "FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint) "
         "= " +
         lock_key(schema);
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(const PostgresqlOptions& options, const std::string& id,
                                             const Tables& tables, std::shared_ptr<Log> log) {
  auto out = std::unique_ptr<Writer>(new Writer(options, tables, std::move(log)));
  ICN_TRY(out->connect());
  ICN_TRY(out->lock());
  ICN_TRY_ASSIGN(is_there, out->look_for_store());
  if (!id.empty() && (!is_there || out->note_.id != id)) ICN_TRY(out->take_name(id));
  out->batch_ = out->note_.batch;
  out->evidence_.batch = out->note_.batch;
  out->rows_ = out->note_.rows;
  return out;
}

// Whether a store has the name; it is noted then.
Result<bool> Writer::look_for_store() {
  const std::string meta = sql::literal(sql::quoted(options_.schema) + ".icn_meta");
  ICN_TRY_ASSIGN(found, connection_->run("SELECT to_regclass(" + meta + ") IS NOT NULL"));
  is_new_ = answer_text(found, 0, 0) == "f";
  if (!is_new_) ICN_TRY(read_note());
  return !is_new_;
}

Result<void> Writer::take_name(const std::string& id) {
  ICN_TRY_ASSIGN(stores, connection_->run(
                             "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                             "WHERE c.relkind = 'r' AND c.relname = 'icn_meta'"));
  for (int row = 0; row < PQntuples(stores.get()); ++row) {
    const std::string name = answer_text(stores, row, 0);
    // Those of others may not be readable.
    const auto found = connection_->run("SELECT id FROM " + sql::quoted(name) + ".icn_meta");
    if (!found.ok() && connection_->is_lost()) return found.error();
    if (!found.ok() || PQntuples(found->get()) != 1 || answer_text(*found, 0, 0) != id) continue;
    std::string renames = "BEGIN;";
    if (!is_new_) {
      // Its folder finds it by its id, as this one does.
      renames += "ALTER SCHEMA " + sql::quoted(options_.schema) + " RENAME TO " +
                 sql::quoted("icn_aside_" + note_.id) + ";";
    }
    renames += "ALTER SCHEMA " + sql::quoted(name) + " RENAME TO " + sql::quoted(options_.schema) + ";";
    ICN_TRY(connection_->run(renames + "SET LOCAL synchronous_commit TO DEFAULT; COMMIT"));
    log_->info("PostgreSQL: the schema \"{}\" is now \"{}\", as its folder", name, options_.schema);
    ICN_TRY(look_for_store());
    return {};
  }
  return {};
}

Result<void> Writer::connect() {
  ICN_TRY_ASSIGN(opened, Connection::open(options_.url, options_));
  // Batches that ask for it say so themselves.
  ICN_TRY(opened->run("SET synchronous_commit = off; SET idle_in_transaction_session_timeout = 0"));
  connection_ = std::move(opened);
  is_waiting_ = false;
  return {};
}

Result<void> Writer::lock() {
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(kLockTimeoutMs);
  while (true) {
    ICN_TRY_ASSIGN(taken, connection_->run("SELECT pg_try_advisory_lock(" + lock_key(options_.schema) + ")"));
    if (answer_text(taken, 0, 0) == "t") return {};
    if (SteadyClock::now() > deadline) break;
    std::this_thread::sleep_for(kPauseMin);
  }
  return Error(kLocked, "PostgreSQL: another node writes to the schema \"" + options_.schema +
                            "\"; stop it, or set another storage.postgresql.schema");
}

Result<void> Writer::read_note() {
  ICN_TRY_ASSIGN(note, connection_->run("SELECT id, epoch, batch, rows FROM icn_meta"));
  if (PQntuples(note.get()) != 1) return Error(kCorrupt, "PostgreSQL: icn_meta does not hold one row");
  note_ = {answer_text(note, 0, 0), number_at(note, 0, 1), number_at(note, 0, 2), number_at(note, 0, 3)};
  return {};
}

Result<void> Writer::begin() {
  std::string sql = "BEGIN; CREATE SCHEMA IF NOT EXISTS " + sql::quoted(options_.schema) + ";";
  if (is_new_) {
    sql +=
        "CREATE TABLE icn_meta (id text NOT NULL, epoch bigint NOT NULL, batch bigint NOT NULL, rows bigint "
        "NOT NULL, "
        "reports text NOT NULL) "
        "WITH (fillfactor = 10);"
        "INSERT INTO icn_meta VALUES (gen_random_uuid()::text, 0, 0, 0, '');";
  }
  ICN_TRY_ASSIGN(there, connection_->run(
                            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                            "WHERE c.relkind IN ('r', 'p') AND n.nspname = " +
                            sql::literal(options_.schema)));
  std::vector<std::string> names;
  for (int row = 0; row < PQntuples(there.get()); ++row) names.push_back(answer_text(there, row, 0));
  for (const auto& [id, table] : tables_) {
    if (std::ranges::find(names, table.schema.name) != names.end()) continue;
    for (const std::string& statement : table.create()) sql += statement + ";";
  }
  ICN_TRY(connection_->run(
      sql + "UPDATE icn_meta SET epoch = epoch + 1; SET LOCAL synchronous_commit TO DEFAULT; COMMIT"));
  is_new_ = false;
  ICN_TRY(make_reports());
  ICN_TRY(read_note());
  epoch_ = note_.epoch;
  return {};
}

Result<std::vector<std::string>> Writer::spread_tables() const {
  ICN_TRY_ASSIGN(found, connection_->run(
                            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                            "WHERE c.relkind = 'p' AND n.nspname = " +
                            sql::literal(options_.schema) +
                            " AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND "
                            "i.indisunique AND i.indisvalid)"));
  std::vector<std::string> out;
  for (int row = 0; row < PQntuples(found.get()); ++row) out.push_back(answer_text(found, row, 0));
  return out;
}

Result<void> Writer::make_reports() {
  const std::string reports = sql::report_sql(options_.reports, tables_.schemas(), options_.readable, true);
  const std::string sum = "md5(" + sql::literal(reports) + ")";
  ICN_TRY_ASSIGN(made, connection_->run("SELECT reports = " + sum + " FROM icn_meta"));
  if (PQntuples(made.get()) == 1 && answer_text(made, 0, 0) == "t") return {};
  ICN_TRY(connection_->run("BEGIN;" + reports + "UPDATE icn_meta SET reports = " + sum + "; COMMIT"));
  return {};
}

Result<void> Writer::drop() {
  return connection_->run("DROP SCHEMA IF EXISTS " + sql::quoted(options_.schema) + " CASCADE").ok()
             ? Result<void>()
             : Error(kInputOutput, "PostgreSQL: the schema \"" + options_.schema + "\" cannot be dropped");
}

Result<bool> Writer::write(const std::vector<Row>& rows, bool is_synced) {
  const std::int64_t number = batch_ + 1;
  if (!connection_ || connection_->is_lost()) {
    // Nothing was sent: who cannot be reached has not got it.
    if (const auto found = reconnect(number); !found.ok()) return without_address(found.error(), *log_);
  }
  constexpr int kTriesMax = 5;  // a server that falls over this very batch comes back each time
  for (int tries = 1;; ++tries) {
    const auto done = attempt(rows, is_synced, number);
    if (done.ok()) {
      batch_ = number;
      return is_synced;
    }
    if (!connection_->is_lost()) {
      const bool is_rolled_back = options_.replica_url.empty() || connection_->run("ROLLBACK").ok();
      // Next time nothing is taken for new.
      if (is_rolled_back && connection_->state() == kUniqueViolation && tries == 1) continue;
      if (is_rolled_back || !connection_->is_lost()) return done.error();
    }
    log_->warn("{}", done.error().detail());
    const auto is_there = reconnect(number);
    if (!is_there.ok()) return Error(kSyncFailed, without_address(is_there.error(), *log_).detail());
    if (*is_there) {
      batch_ = number;
      note_evidence({number});
      // Where that commit stands was not told: until the next one no replica has caught up.
      const std::lock_guard lock(position_mutex_);
      position_ = "FFFFFFFF/FFFFFFFF";
      return false;
    }
    if (tries == kTriesMax) return done.error();
  }
}

// What a pipeline sends is one transaction, which its end commits
// (https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY): BEGIN and COMMIT are sent
// only where something comes behind the commit.
Result<void> Writer::attempt(const std::vector<Row>& rows, bool is_synced, std::int64_t number) {
  Connection& connection = *connection_;
  const Batch batch(rows, tables_, growth_);
  const bool is_followed = !options_.replica_url.empty();
  // Who follows asks for the number, and who opens a store whether anything was ever written.
  const bool is_numbered = options_.describe || is_followed || evidence_.batch == 0;
  const Row* const single = is_numbered ? nullptr : batch.single();
  ICN_TRY(batch.prepare(connection));
  if (single == nullptr) ICN_TRY(prepare(connection, {Other::kNote}));
  if (options_.describe) ICN_TRY(prepare(connection, {Other::kTell}));
  if (is_followed) ICN_TRY(prepare(connection, {Other::kBegin, Other::kCommit, Other::kPosition}));
  const Other mode = is_synced ? Other::kSynced : Other::kBuffered;
  if (is_synced != is_waiting_) ICN_TRY(prepare(connection, {mode}));

  std::size_t first = 0;
  if (is_followed) ICN_TRY(send(connection, Other::kBegin));
  if (is_followed) ++first;
  if (is_synced != is_waiting_) ICN_TRY(send(connection, mode));
  if (is_synced != is_waiting_) ++first;
  ICN_TRY(batch.send(connection));
  if (single == nullptr) {
    Parameters note;
    note.number(number);
    note.number(added_);
    ICN_TRY(send(connection, Other::kNote, note));
  }
  if (options_.describe) ICN_TRY(tell(rows, number));
  if (is_followed) {
    ICN_TRY(send(connection, Other::kCommit));
    ICN_TRY(send(connection, Other::kPosition));
  }
  auto sent = connection.answers();
  if (!sent.ok()) {
    if (connection.state() == kUniqueViolation) batch.teach_mistake(growth_);
    return sent.error();
  }
  const std::vector<Answer> answers = std::move(*sent);
  batch.teach(growth_, answers, first);
  is_waiting_ = is_synced;  // undone with a batch that fails
  const std::int64_t added = batch.rows_added(answers, first);
  added_ = single == nullptr ? added : added_ + added;
  rows_ += added;
  note_evidence(single == nullptr ? Evidence{number}
                                  : Evidence{evidence_.batch, &tables_.of(*single->table), single->key,
                                             read_u32(answer_bytes(answers[first], 0, 1))});
  if (is_followed) {
    const std::lock_guard lock(position_mutex_);
    position_ = answer_text(answers.back(), 0, 0);
  }
  if (batch.has_later()) erase_later(batch);
  return {};
}

// The batch is committed whatever becomes of it.
void Writer::erase_later(const Batch& batch) {
  const auto erase = [&]() -> Result<std::int64_t> {
    ICN_TRY(batch.send_later(*connection_));
    ICN_TRY_ASSIGN(answers, connection_->answers());
    return batch.rows_erased_later(answers);
  };
  const auto erased = erase();
  if (erased.ok()) {
    rows_ -= *erased;
    added_ -= *erased;
  } else {
    log_->warn("PostgreSQL: erased rows stay on a server that does not answer: {}", erased.error().detail());
  }
}

// Delivered when the batch is committed, and only then.
Result<void> Writer::tell(const std::vector<Row>& rows, std::int64_t number) {
  constexpr std::size_t kBytesMax = 7'900;  // of 8,000 that a notification may have
  const std::string text =
      std::to_string(epoch_) + " " + std::to_string(number) + " " + options_.describe(rows);
  if (text.size() > kBytesMax) return {};
  Parameters parameters;
  parameters.owned(to_bytes(as_bytes(options_.schema)));
  parameters.owned(to_bytes(as_bytes(text)));
  return send(*connection_, Other::kTell, parameters);
}

Result<bool> Writer::reconnect(std::int64_t number) {
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(options_.connection_timeout_ms);
  const int former = connection_ ? connection_->process() : 0;
  for (auto pause = kPauseMin;; pause = std::min(pause * 2, kPauseMax)) {
    auto connected = connect();
    // While our former session lives, what it was told last may still be done.
    if (connected.ok() && former != 0) {
      static_cast<void>(connection_->run("SELECT pg_terminate_backend(pid) FROM (" +
                                         holder_of(options_.schema) +
                                         ") AS holders WHERE pid = " + std::to_string(former)));
    }
    if (connected.ok()) connected = lock();
    if (connected.ok()) {
      auto is_there = look(number);
      if (is_there.ok()) log_->info("PostgreSQL: connected again");
      // Cut once more while it was asked: that tells nothing about the batch.
      if (is_there.ok() || !connection_->is_lost()) return is_there;
      connected = is_there.error();
    }
    if (connected.error().is(kLocked) || SteadyClock::now() + pause > deadline) return connected.error();
    std::this_thread::sleep_for(pause);
  }
}

// Whether batch `number` left its number. When it did not it is sent again, which changes nothing if it was
// there.
Result<bool> Writer::look(std::int64_t number) {
  const StoreNote before = note_;
  ICN_TRY(read_note());
  const bool is_there = note_.batch == number;
  if (is_there) added_ = 0;
  if (note_.id != before.id || note_.epoch != before.epoch) {
    return Error(kSyncFailed,
                 "PostgreSQL: another node wrote to the schema \"" + options_.schema + "\" meanwhile");
  }
  const Evidence newest = evidence();
  ICN_TRY_ASSIGN(is_written_row, is_written(*connection_, newest));
  if (note_.batch < newest.batch || (note_.batch == newest.batch && !is_written_row)) {
    return Error(kSyncFailed, "PostgreSQL: the server lost batches that were not synced");
  }
  return is_there;
}

void Writer::note_evidence(Evidence evidence) {
  const std::lock_guard lock(evidence_mutex_);
  evidence_ = std::move(evidence);
}

Evidence Writer::evidence() const {
  const std::lock_guard lock(evidence_mutex_);
  return evidence_;
}

// Transactions are numbered in a circle.
Result<bool> Writer::is_written(Connection& connection, const Evidence& evidence) {
  if (evidence.table == nullptr) return true;
  const std::uint32_t id = evidence.table->statement_id(Use::kWriter);
  ICN_TRY(connection.prepare(id, [&] { return evidence.table->writer(); }));
  Parameters key;
  key.bytes(evidence.key);
  ICN_TRY_ASSIGN(found, connection.execute(id, key));
  if (PQntuples(found.get()) == 0) return false;
  return static_cast<std::int32_t>(read_u32(answer_bytes(found, 0, 0)) - evidence.transaction) >= 0;
}

std::string Writer::sync() {
  const Evidence newest = evidence();
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(options_.connection_timeout_ms);
  const auto once = [&]() -> Result<bool> {
    if (!syncing_ || syncing_->is_lost()) {
      ICN_TRY_ASSIGN(opened, Connection::open(options_.url, options_));
      syncing_ = std::move(opened);
    }
    // The row first: it may be erased then, by a batch whose number is found.
    ICN_TRY_ASSIGN(is_written_row, is_written(*syncing_, newest));
    ICN_TRY(prepare(*syncing_, {Other::kFlush}));
    Parameters epoch;
    epoch.number(epoch_);
    ICN_TRY(send(*syncing_, Other::kFlush, epoch));
    ICN_TRY_ASSIGN(answers, syncing_->answers());
    if (answers.size() != 1 || PQntuples(answers[0].get()) != 1) return false;
    const auto found = static_cast<std::int64_t>(read_u64(answer_bytes(answers[0], 0, 0)));
    return found > newest.batch || (found == newest.batch && is_written_row);
  };
  for (auto pause = kPauseMin;; pause = std::min(pause * 2, kPauseMax)) {
    const Result<bool> is_there = once();
    if (is_there.ok() && *is_there) return {};
    if (is_there.ok()) return "PostgreSQL: the server lost batches, or another node wrote";
    if (!syncing_ || syncing_->is_lost()) {
      if (SteadyClock::now() + pause > deadline) return without_address(is_there.error(), *log_).detail();
      std::this_thread::sleep_for(pause);
      continue;
    }
    return is_there.error().detail();
  }
}

std::string Writer::position() const {
  const std::lock_guard lock(position_mutex_);
  return position_;
}

}  // namespace icn::storage::postgresql
