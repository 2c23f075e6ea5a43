#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "storage/store.h"

namespace icn::storage {

// A store that opens itself again when its engine's store has to be (kSyncFailed, kMustReopen), so that who
// holds a reference keeps it. A failed sync is never retried: what the new store shows decides, and write()
// answers done or kNotApplied; kSyncFailed only when it could not be opened, which each later write tries
// anew, and every few seconds a read. A flush() that failed stays kSyncFailed: which writes it was about is
// not known. While it is being opened reads wait, at most 1 s, then kUnavailable. Cursors and snapshots keep
// the old store open: opening waits for them, at most 10 s.
class ReopeningStore final : public Store {
 public:
  // The engine outlives the store. Errors: as Engine::open.
  static Result<std::unique_ptr<Store>> open(Engine& engine, std::vector<TableSchema> tables,
                                             std::shared_ptr<Log> log,
                                             std::chrono::milliseconds read_retry = std::chrono::seconds(2));

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override;
  Result<std::vector<std::optional<Bytes>>> get_several(const TableSchema& table,
                                                        const std::vector<ByteView>& keys) const override;
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override;
  Result<void> write(const std::vector<Row>& rows, Durability durability) override;
  std::unique_ptr<Reader> snapshot() const override;
  Result<void> flush() override;
  StoreStats stats() const override;

 private:
  using StorePtr = std::shared_ptr<Store>;

  ReopeningStore(Engine& engine, std::vector<TableSchema> tables, std::shared_ptr<Log> log,
                 std::chrono::milliseconds read_retry)
      : engine_(engine), tables_(std::move(tables)), log_(std::move(log)), read_retry_(read_retry) {}

  Result<StorePtr> current() const;
  // The store to write to and the how-manyeth opened it is; opens it when it is closed.
  Result<StorePtr> writable(std::uint64_t& generation);
  // Closes the store of `generation` and opens the next, unless somebody else did.
  Result<void> reopen(std::uint64_t generation, const Error& why);
  Result<void> open_next() const;
  // Whether a store that was opened again shows the rows: else kNotApplied.
  Result<void> settle(const std::vector<Row>& rows) const;

  Engine& engine_;
  const std::vector<TableSchema> tables_;
  const std::shared_ptr<Log> log_;
  const std::chrono::milliseconds read_retry_;
  mutable std::mutex reopening_;  // before mutex_
  mutable std::mutex mutex_;
  mutable std::condition_variable opened_;
  mutable StorePtr store_;  // null while closed
  mutable std::uint64_t generation_ = 0;
  mutable std::string failure_;                             // why it could not be opened
  mutable std::chrono::steady_clock::time_point tried_at_;  // when that was
};

}  // namespace icn::storage
