#include "storage/postgresql/postgresql_follower.h"

#include <poll.h>

#include <charconv>

#include "storage/errors.h"
#include "storage/postgresql/gets.h"
#include "storage/postgresql/reader.h"
#include "storage/sql/columns.h"

namespace icn::storage {
namespace {

using postgresql::Answer;
using postgresql::Connection;
using postgresql::Pool;

class FollowedStore final : public Store {
 public:
  FollowedStore(const PostgresqlOptions& options, std::unique_ptr<postgresql::Tables> tables,
                std::shared_ptr<Log> log)
      : options_(options),
        tables_(std::move(tables)),
        pool_(options.url, options, std::move(log)),
        gets_(pool_, options_, *tables_) {}

  Pool& pool() { return pool_; }

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return gets_.get(tables_->of(table), key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    ICN_TRY_ASSIGN(moment, postgresql::open_moment(pool_));
    return postgresql::scan_moment(std::move(moment), tables_->of(table), range);
  }
  std::unique_ptr<Reader> snapshot() const override {
    return postgresql::snapshot_of(postgresql::open_moment(pool_), *tables_);
  }
  Result<void> write(const std::vector<Row>&, Durability) override { return refusal(); }
  Result<void> flush() override { return {}; }  // nothing was written
  StoreStats stats() const override { return {"postgresql", 0, 0, refusal().detail()}; }

 private:
  static Error refusal() { return Error(kNotWritable, "this node reads only; another one writes"); }

  const PostgresqlOptions options_;
  std::unique_ptr<postgresql::Tables> tables_;
  mutable Pool pool_;
  mutable postgresql::Gets gets_;
};

std::int64_t next_number(std::string_view& text) {
  std::int64_t out = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return code == std::errc() ? out : -1;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             postgresql::SteadyClock::now().time_since_epoch())
      .count();
}

}  // namespace

Result<std::unique_ptr<Store>> PostgresqlFollower::open(const std::vector<TableSchema>& tables) {
  auto store = std::make_unique<FollowedStore>(options_, std::make_unique<postgresql::Tables>(tables), log_);
  ICN_TRY_ASSIGN(connection, store->pool().take(Pool::Term::kAnswer));
  ICN_TRY_ASSIGN(found, connection->run("SELECT id FROM " + sql::quoted(options_.schema) + ".icn_meta"));
  if (PQntuples(found.get()) != 1) return Error(kCorrupt, "PostgreSQL: icn_meta does not hold one row");
  if (!id_.empty() && postgresql::answer_text(found, 0, 0) != id_) {
    return Error(kForeignFolder, "the schema \"" + options_.schema +
                                     "\" of the PostgreSQL database is of another node than the grant");
  }
  ICN_TRY_ASSIGN(
      there, connection->run("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                             "WHERE c.relkind IN ('r', 'p') AND n.nspname = " +
                             sql::literal(options_.schema)));
  for (const TableSchema& table : tables) {
    bool is_there = false;
    for (int row = 0; row < PQntuples(there.get()); ++row)
      is_there = is_there || postgresql::answer_text(there, row, 0) == table.name;
    if (!is_there) {
      return Error(kOlderSchema, "the table \"" + table.name + "\" is missing in the schema \"" +
                                     options_.schema + "\"; update the node that writes it first");
    }
  }
  return std::unique_ptr<Store>(std::move(store));
}

// One connection that listens.
class PostgresqlFeed::Session {
 public:
  static Result<Session> open(const PostgresqlOptions& options) {
    ICN_TRY_ASSIGN(connection, Connection::open(options.url, options));
    // A replica takes no LISTEN; looking is all there is then.
    static_cast<void>(connection->run("LISTEN " + sql::quoted(options.schema)));
    return Session(std::move(connection));
  }

  Result<std::pair<std::int64_t, std::int64_t>> look() const {
    ICN_TRY_ASSIGN(note, connection_->run("SELECT epoch || ' ' || batch FROM icn_meta"));
    if (PQntuples(note.get()) != 1) return Error(kCorrupt, "PostgreSQL: icn_meta does not hold one row");
    const std::string text = postgresql::answer_text(note, 0, 0);
    std::string_view rest(text);
    const std::int64_t epoch = next_number(rest);
    return std::pair(epoch, next_number(rest));
  }

  // Waits up to `wait_ms` for something to arrive.
  Result<void> wait(std::uint64_t wait_ms) const {
    return connection_->wait_for_input(static_cast<int>(wait_ms));
  }
  // What has arrived; none: nothing more.
  std::optional<std::string> notification() const { return connection_->notification(); }

 private:
  explicit Session(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  std::unique_ptr<Connection> connection_;
};

PostgresqlFeed::PostgresqlFeed(PostgresqlOptions options, Listener listener, std::shared_ptr<Log> log,
                               std::uint64_t look_ms)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      log_(std::move(log)),
      look_ms_(look_ms),
      looked_at_(now_ms()),
      thread_([this] { run(); }) {}

PostgresqlFeed::~PostgresqlFeed() { stop(); }

void PostgresqlFeed::stop() {
  is_stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

std::uint64_t PostgresqlFeed::age_ms() const { return static_cast<std::uint64_t>(now_ms() - looked_at_); }

// The notifications that have arrived. False: there is a gap between what was known and one of them.
bool PostgresqlFeed::take_told(const Session& session) {
  bool is_gapless = true;
  const std::int64_t before = batch_;
  while (const auto text = session.notification()) {
    std::string_view rest(*text);
    const std::int64_t epoch = next_number(rest);
    const std::int64_t batch = next_number(rest);
    if (epoch == epoch_ && batch <= batch_) continue;  // a look was quicker
    is_gapless = epoch == epoch_ && batch == batch_ + 1;
    if (!is_gapless) break;
    batch_ = batch;
    listener_.told(std::string(rest));
  }
  if (batch_ != before) {
    listener_.settled();
    looked_at_ = now_ms();
  }
  return is_gapless;
}

Result<void> PostgresqlFeed::look(const Session& session) {
  ICN_TRY_ASSIGN(newest, session.look());
  // What it saw may have been told already, and not have arrived.
  constexpr int kTriesMax = 5;
  constexpr std::uint64_t kArrivalMs = 10;
  const auto is_behind = [&] { return newest.first == epoch_ && newest.second > batch_; };
  for (int tries = 0; tries < kTriesMax && take_told(session) && is_behind(); ++tries)
    ICN_TRY(session.wait(kArrivalMs));
  if (newest.first != epoch_ || newest.second < batch_) {
    // Told of more than was looked at: no loss.
    ICN_TRY_ASSIGN(again, session.look());
    const bool is_anew = again.first != epoch_ || again.second < batch_;
    std::tie(epoch_, batch_) = again;
    if (is_anew) listener_.began_anew();
  } else if (is_behind()) {
    batch_ = newest.second;
    listener_.missed();
  }
  looked_at_ = now_ms();
  return {};
}

void PostgresqlFeed::run() {
  constexpr std::uint64_t kWaitMs = 100;  // how long stop() may take
  bool has_complained = false;
  std::optional<Session> session;
  std::int64_t look_at = 0;
  while (!is_stopping_) {
    const auto step = [&]() -> Result<void> {
      if (!session) {
        ICN_TRY_ASSIGN(opened, Session::open(options_));
        session.emplace(std::move(opened));
        look_at = 0;
      }
      ICN_TRY(session->wait(look_at > now_ms() ? std::min(kWaitMs, look_ms_) : 0));
      if (take_told(*session) && now_ms() < look_at) return {};
      look_at = now_ms() + static_cast<std::int64_t>(look_ms_);
      return look(*session);
    };
    if (const auto done = step(); done.ok()) {
      if (has_complained) log_->info("PostgreSQL: following \"{}\" again", options_.schema);
      has_complained = false;
    } else {
      if (!has_complained) log_->warn("following \"{}\": {}", options_.schema, done.error().detail());
      has_complained = true;
      session.reset();
      std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
    }
  }
}

}  // namespace icn::storage
