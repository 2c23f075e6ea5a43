#include "storage/reopening_store.h"

#include <chrono>
#include <set>
#include <utility>

#include "base/errors.h"
#include "storage/errors.h"
#include "storage/held_store.h"

namespace icn::storage {
namespace {

constexpr auto kReadWait = std::chrono::seconds(1);

class HeldCursor final : public Cursor {
 public:
  HeldCursor(std::shared_ptr<Store> store, std::unique_ptr<Cursor> cursor)
      : store_(std::move(store)), cursor_(std::move(cursor)) {}
  Result<bool> next() override { return cursor_->next(); }
  ByteView key() const override { return cursor_->key(); }
  ByteView index_value() const override { return cursor_->index_value(); }
  Result<Bytes> record() const override { return cursor_->record(); }

 private:
  std::shared_ptr<Store> store_;
  std::unique_ptr<Cursor> cursor_;
};

class ClosedReader final : public Reader {
 public:
  explicit ClosedReader(Error error) : error_(std::move(error)) {}
  Result<std::optional<Bytes>> get(const TableSchema&, ByteView) const override { return error_; }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema&, const ScanRange&) const override { return error_; }

 private:
  Error error_;
};

bool is_spent(const Result<void>& result) {
  return !result.ok() && (result.error().is(kSyncFailed) || result.error().is(kMustReopen));
}

}  // namespace

Result<std::unique_ptr<Store>> ReopeningStore::open(Engine& engine, std::vector<TableSchema> tables,
                                                    std::shared_ptr<Log> log,
                                                    std::chrono::milliseconds read_retry) {
  using Self = ReopeningStore;
  auto store = std::unique_ptr<Self>(new Self(engine, std::move(tables), std::move(log), read_retry));
  ICN_TRY(store->open_next());
  return std::unique_ptr<Store>(std::move(store));
}

Result<void> ReopeningStore::open_next() const {
  auto opened = engine_.open(tables_);
  const std::lock_guard lock(mutex_);
  if (!opened.ok()) {
    failure_ = opened.error().detail();
    tried_at_ = std::chrono::steady_clock::now();
    return opened.error();
  }
  failure_.clear();
  store_ = std::move(*opened);
  ++generation_;
  opened_.notify_all();
  return {};
}

Result<ReopeningStore::StorePtr> ReopeningStore::current() const {
  std::unique_lock lock(mutex_);
  if (!store_ && failure_.empty())
    opened_.wait_for(lock, kReadWait, [this] { return store_ || !failure_.empty(); });
  if (!store_ && !failure_.empty() && std::chrono::steady_clock::now() - tried_at_ >= read_retry_) {
    lock.unlock();
    // Where nobody gets past a read to write, nothing else would open it.
    if (const std::unique_lock reopening(reopening_, std::try_to_lock); reopening) {
      lock.lock();
      const bool is_closed = !store_;
      lock.unlock();
      if (is_closed) static_cast<void>(open_next());
    }
    lock.lock();
  }
  if (store_) return store_;
  const std::string why = failure_.empty() ? "is being opened" : "could not be opened: " + failure_;
  return Error(errors::kUnavailable, "after a failed write the store " + why);
}

Result<std::optional<Bytes>> ReopeningStore::get(const TableSchema& table, ByteView key) const {
  ICN_TRY_ASSIGN(store, current());
  return store->get(table, key);
}

Result<std::vector<std::optional<Bytes>>> ReopeningStore::get_several(
    const TableSchema& table, const std::vector<ByteView>& keys) const {
  ICN_TRY_ASSIGN(store, current());
  return store->get_several(table, keys);
}

Result<std::unique_ptr<Cursor>> ReopeningStore::scan(const TableSchema& table, const ScanRange& range) const {
  ICN_TRY_ASSIGN(store, current());
  ICN_TRY_ASSIGN(cursor, store->scan(table, range));
  return std::unique_ptr<Cursor>(std::make_unique<HeldCursor>(std::move(store), std::move(cursor)));
}

std::unique_ptr<Reader> ReopeningStore::snapshot() const {
  auto store = current();
  if (!store.ok()) return std::make_unique<ClosedReader>(store.error());
  return held_snapshot(std::move(*store));
}

StoreStats ReopeningStore::stats() const {
  if (auto store = current(); store.ok()) return (*store)->stats();
  const std::lock_guard lock(mutex_);
  return {"", 0, 0, "after a failed write the store could not be opened: " + failure_};
}

Result<ReopeningStore::StorePtr> ReopeningStore::writable(std::uint64_t& generation) {
  const std::lock_guard reopening(reopening_);
  {
    const std::lock_guard lock(mutex_);
    generation = generation_;
    if (store_) return store_;
  }
  ICN_TRY(open_next());
  const std::lock_guard lock(mutex_);
  generation = generation_;
  return store_;
}

Result<void> ReopeningStore::write(const std::vector<Row>& rows, Durability durability) {
  std::uint64_t generation = 0;
  ICN_TRY_ASSIGN(store, writable(generation));
  const Result<void> written = store->write(rows, durability);
  if (!is_spent(written)) return written;
  store.reset();
  if (const auto opened = reopen(generation, written.error()); !opened.ok()) {
    return opened.error().is(kFull) && written.error().is(kMustReopen) ? opened.error() : written.error();
  }
  if (written.error().is(kSyncFailed)) return settle(rows);
  ICN_TRY_ASSIGN(next, writable(generation));
  return next->write(rows, durability);
}

// A batch is atomic, and what an opened store shows is durable.
Result<void> ReopeningStore::settle(const std::vector<Row>& rows) const {
  ICN_TRY_ASSIGN(store, current());
  std::set<std::pair<std::uint16_t, Bytes>> seen;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {  // the last one of a key holds
    if (!seen.emplace(row->table->id, row->key).second) continue;
    ICN_TRY_ASSIGN(found, store->get(*row->table, row->key));
    if (found != row->record) return Error(kNotApplied, "the disk lost the batch; nothing of it happened");
  }
  return {};
}

Result<void> ReopeningStore::flush() {
  std::uint64_t generation = 0;
  ICN_TRY_ASSIGN(store, writable(generation));
  const Result<void> flushed = store->flush();
  if (!is_spent(flushed)) return flushed;
  store.reset();
  static_cast<void>(reopen(generation, flushed.error()));
  return flushed;
}

Result<void> ReopeningStore::reopen(std::uint64_t generation, const Error& why) {
  const std::lock_guard reopening(reopening_);
  StorePtr old;
  {
    const std::lock_guard lock(mutex_);
    if (generation_ != generation) return {};
    old = std::move(store_);
    store_.reset();
  }
  if (!old) return open_next();
  log_->warn("opening a store again: {}", why.detail());
  const std::weak_ptr<Store> watched = std::exchange(old, nullptr);
  if (const auto released = wait_for_readers(watched); !released.ok()) {
    const std::lock_guard lock(mutex_);
    store_ = watched.lock();  // for reads
    opened_.notify_all();
    return released;
  }
  return open_next();
}

}  // namespace icn::storage
