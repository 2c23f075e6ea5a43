#include "storage/memory/memory_engine.h"

#include <atomic>
#include <shared_mutex>

#include "storage/errors.h"
#include "storage/memory/memory_table.h"
#include "storage/snapshot_overlay.h"

namespace icn::storage {

class MemoryEngine::Data final : public OrderedBytes {
 public:
  Result<std::optional<Bytes>> get(ByteView key) const override {
    const std::shared_lock lock(mutex_);
    return find(key);
  }

  Result<Chunk> read(ByteView from, ByteView to, bool reverse, std::size_t limit) const override {
    Chunk chunk;
    const std::shared_lock lock(mutex_);
    auto first = table_.lower_bound(from);
    auto last = table_.lower_bound(to);
    while (first != last && chunk.entries.size() < limit) {
      const MemoryTable::Entry& entry = reverse ? *--last : *first++;
      chunk.entries.push_back({to_bytes(entry.key()), entry.value});
    }
    if (first == last) return chunk;
    Bytes resume = chunk.entries.back().key;
    if (!reverse) resume.push_back(0);
    chunk.resume = std::move(resume);
    return chunk;
  }

  std::shared_ptr<const OrderedBytes> freeze() {
    const std::shared_lock lock(mutex_);
    return overlay_.open(*this);
  }

  Result<void> write(const std::vector<Row>& rows) {
    if (are_plain_entries(rows)) {
      const std::unique_lock lock(mutex_);
      if (!overlay_.is_open()) {
        for (const Row& row : rows) {
          set_row_entry_key(key_, *row.table, row.key);
          apply(key_, row.record ? std::optional<ByteView>(*row.record) : std::nullopt);
        }
        return {};
      }
    }
    ICN_TRY_ASSIGN(changes, changes_of(rows));
    const std::unique_lock lock(mutex_);
    ICN_TRY(overlay_.before_write(
        changes, [this](ByteView key) -> Result<std::optional<Bytes>> { return find(key); }));
    for (const Change& change : changes) apply(change.key, change.value);
    return {};
  }

  StoreStats stats() const {
    const std::shared_lock lock(mutex_);
    return {"memory", bytes_, rows_, {}};
  }

  bool take() { return !taken_.exchange(true); }
  void give_back() { taken_ = false; }

 private:
  std::optional<Bytes> find(ByteView key) const {
    const MemoryTable::Entry* const found = table_.find(key);
    return found == nullptr ? std::nullopt : std::optional(found->value);
  }

  void apply(ByteView key, const std::optional<ByteView>& value) {
    const bool is_row = key[kListPrefixSize - 1] == 0;
    MemoryTable::Entry* found = table_.find(key);
    if (found != nullptr) {
      bytes_ -= key.size() + found->value.size();
      rows_ -= is_row ? 1 : 0;
    }
    if (!value) {
      if (found != nullptr) table_.erase(*found);
      return;
    }
    bytes_ += key.size() + value->size();
    rows_ += is_row ? 1 : 0;
    if (found == nullptr) found = &table_.add(key);
    found->value.assign(value->begin(), value->end());
  }

  mutable std::shared_mutex mutex_;
  MemoryTable table_;
  Bytes key_;  // of the writer, kept for its memory
  std::uint64_t bytes_ = 0;
  std::uint64_t rows_ = 0;
  SnapshotOverlay overlay_;
  std::atomic<bool> taken_{false};
};

namespace {

template <typename Data>
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::shared_ptr<Data> data) : data_(std::move(data)) {}
  ~MemoryStore() override { data_->give_back(); }
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return data_->get(row_entry_key(table, key));
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return OrderedReader(data_->freeze()).scan(table, range);
  }
  Result<void> write(const std::vector<Row>& rows, Durability) override { return data_->write(rows); }
  std::unique_ptr<Reader> snapshot() const override {
    return std::make_unique<OrderedReader>(data_->freeze());
  }
  Result<void> flush() override { return {}; }
  StoreStats stats() const override { return data_->stats(); }

 private:
  std::shared_ptr<Data> data_;
};

}  // namespace

MemoryEngine::MemoryEngine() : data_(std::make_shared<Data>()) {}
MemoryEngine::~MemoryEngine() = default;

Result<std::unique_ptr<Store>> MemoryEngine::open(const std::vector<TableSchema>&) {
  if (!data_->take()) return Error(kLocked, "the memory store is open already");
  return std::unique_ptr<Store>(std::make_unique<MemoryStore<Data>>(data_));
}

}  // namespace icn::storage
