#include "storage/postgresql/reader.h"

#include <algorithm>

#include "storage/failed_reader.h"

namespace icn::storage::postgresql {
namespace {

// Chunks grow: a page of a few rows stays cheap, a long scan seldom asks again.
constexpr std::int64_t kFirstChunk = 32;
constexpr std::int64_t kLargestChunk = 1024;
constexpr std::size_t kChunkBytes = 1 << 20;  // above which they shrink

// Ends the moment of a connection before others get it.
struct Moment {
  explicit Moment(Pool::Lease given) : connection(std::move(given)) {}
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  ~Moment() {
    if (connection && !connection->is_lost()) static_cast<void>(connection->run("COMMIT"));
  }
  // An error ends all that its transaction may do, but for what stands before it: the other tables are read
  // on.
  template <typename T>
  Result<T> kept(Result<T> read) const {
    if (!read.ok() && !connection->is_lost()) static_cast<void>(connection->run(kBackToMoment));
    return read;
  }
  Pool::Lease connection;
};

class PostgresqlCursor final : public Cursor {
 public:
  PostgresqlCursor(std::shared_ptr<Moment> moment, const TableSql& table, const ScanRange& range)
      : moment_(std::move(moment)), table_(table), range_(range) {}

  Result<bool> next() override {
    if (chunk_) ++at_;
    if (chunk_ && at_ < PQntuples(chunk_.get())) return true;
    if (is_last_) {
      chunk_.reset();
      return false;
    }
    ICN_TRY(read_chunk());
    if (PQntuples(chunk_.get()) > 0) return true;
    chunk_.reset();
    return false;
  }

  ByteView key() const override { return chunk_ ? answer_bytes(chunk_, at_, 0) : ByteView(); }
  ByteView index_value() const override {
    return chunk_ && range_.index ? answer_bytes(chunk_, at_, 2) : ByteView();
  }
  Result<Bytes> record() const override {
    ICN_ASSERT(chunk_ != nullptr);
    return to_bytes(answer_bytes(chunk_, at_, 1));
  }

 private:
  Result<void> read_chunk() {
    std::optional<Place> after;
    if (chunk_) {
      const int last = PQntuples(chunk_.get()) - 1;
      after = Place{to_bytes(answer_bytes(chunk_, last, 0)),
                    range_.index ? to_bytes(answer_bytes(chunk_, last, 2)) : Bytes()};
    }
    Connection& connection = *moment_->connection;
    const std::lock_guard lock(connection.mutex);
    const std::uint32_t id = table_.statement_id(Use::kScan, table_.scan_variant(range_, after.has_value()));
    ICN_TRY(connection.prepare(id, [&] { return table_.scan(range_, after.has_value()); }));
    Parameters parameters;
    table_.scan_parameters(parameters, range_, after, rows_max_);
    ICN_TRY_ASSIGN(answer, moment_->kept(connection.execute(id, parameters)));
    chunk_ = std::move(answer);
    at_ = 0;
    is_last_ = PQntuples(chunk_.get()) < rows_max_;
    const bool is_large = PQresultMemorySize(chunk_.get()) > kChunkBytes;
    rows_max_ = is_large ? std::max<std::int64_t>(1, rows_max_ / 4) : std::min(kLargestChunk, rows_max_ * 2);
    if (is_last_) moment_.reset();
    return {};
  }

  std::shared_ptr<Moment> moment_;
  const TableSql& table_;
  const ScanRange range_;
  Answer chunk_;
  int at_ = 0;
  bool is_last_ = false;
  std::int64_t rows_max_ = kFirstChunk;
};

class PostgresqlSnapshot final : public Reader {
 public:
  PostgresqlSnapshot(Pool::Lease moment, const Tables& tables)
      : moment_(std::make_shared<Moment>(std::move(moment))), tables_(tables) {}

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    const std::lock_guard lock(moment_->connection->mutex);
    return moment_->kept(get_from(*moment_->connection, tables_.of(table), key));
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return std::unique_ptr<Cursor>(std::make_unique<PostgresqlCursor>(moment_, tables_.of(table), range));
  }

 private:
  std::shared_ptr<Moment> moment_;
  const Tables& tables_;
};

}  // namespace

Result<std::optional<Bytes>> get_from(Connection& connection, const TableSql& table, ByteView key) {
  if (key.size() > kKeySizeMax) return std::optional<Bytes>();
  const std::uint32_t id = table.statement_id(Use::kGet);
  ICN_TRY(connection.prepare(id, [&] { return table.get(); }));
  Parameters parameters;
  parameters.bytes(key);
  ICN_TRY_ASSIGN(answer, connection.execute(id, parameters));
  if (PQntuples(answer.get()) == 0) return std::optional<Bytes>();
  return std::optional<Bytes>(to_bytes(answer_bytes(answer, 0, 0)));
}

Result<Pool::Lease> open_moment(Pool& pool) {
  constexpr int kTriesMax = 64;  // connections that wait may all have been cut
  for (int tries = 1;; ++tries) {
    ICN_TRY_ASSIGN(connection, pool.take(Pool::Term::kSnapshot));
    auto begun = connection->run(kBeginMoment);
    if (begun.ok()) return std::move(connection);
    if (!connection->is_lost() || tries == kTriesMax) return begun.error();
  }
}

Result<std::unique_ptr<Cursor>> scan_moment(Pool::Lease moment, const TableSql& table,
                                            const ScanRange& range) {
  return std::unique_ptr<Cursor>(
      std::make_unique<PostgresqlCursor>(std::make_shared<Moment>(std::move(moment)), table, range));
}

std::unique_ptr<Reader> snapshot_of(Result<Pool::Lease> moment, const Tables& tables) {
  if (!moment.ok()) return std::make_unique<FailedReader>(moment.error());
  return std::make_unique<PostgresqlSnapshot>(std::move(*moment), tables);
}

}  // namespace icn::storage::postgresql
