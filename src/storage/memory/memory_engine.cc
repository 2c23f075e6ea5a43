#include "storage/memory/memory_engine.h"

#include <atomic>
#include <map>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>

#include "storage/errors.h"
#include "storage/snapshot_overlay.h"

namespace icn::storage {

namespace {

struct ByBytes {
  using is_transparent = void;
  bool operator()(ByteView left, ByteView right) const { return as_text(left) < as_text(right); }
};

}  // namespace

class MemoryEngine::Data final : public OrderedBytes {
 public:
  Result<std::optional<Bytes>> get(ByteView key) const override {
    const std::shared_lock lock(mutex_);
    return find(key);
  }

  Result<Chunk> read(ByteView from, ByteView to, bool reverse, std::size_t limit) const override {
    Chunk chunk;
    const std::shared_lock lock(mutex_);
    auto first = entries_.lower_bound(from);
    auto last = entries_.lower_bound(to);
    while (first != last && chunk.entries.size() < limit) {
      const auto& [key, value] = reverse ? *--last : *first++;
      chunk.entries.push_back({key, value});
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
    ICN_TRY_ASSIGN(changes, changes_of(rows));
    const std::unique_lock lock(mutex_);
    ICN_TRY(overlay_.before_write(
        changes, [this](ByteView key) -> Result<std::optional<Bytes>> { return find(key); }));
    for (Change& change : changes) apply(std::move(change));
    return {};
  }

  StoreStats stats() const {
    const std::shared_lock lock(mutex_);
    return {"memory", bytes_, rows_, {}};
  }

  bool take() { return !taken_.exchange(true); }
  void give_back() { taken_ = false; }

 private:
  using Entries = std::map<Bytes, Bytes, ByBytes>;

  std::optional<Bytes> find(ByteView key) const {
    const auto found = places_.find(as_text(key));
    return found == places_.end() ? std::nullopt : std::optional(found->second->second);
  }

  void apply(Change change) {
    const bool is_row = change.key[kListPrefixSize - 1] == 0;
    const auto place = places_.find(as_text(change.key));
    const bool is_there = place != places_.end();
    if (is_there) {
      bytes_ -= place->second->first.size() + place->second->second.size();
      rows_ -= is_row ? 1 : 0;
    }
    if (!change.value) {
      if (!is_there) return;
      const auto entry = place->second;
      places_.erase(place);  // its name lies in the entry
      entries_.erase(entry);
      return;
    }
    bytes_ += change.key.size() + change.value->size();
    rows_ += is_row ? 1 : 0;
    if (is_there) {
      place->second->second.assign(change.value->begin(), change.value->end());
      return;
    }
    const auto entry = entries_.emplace(std::move(change.key), to_bytes(*change.value)).first;
    places_.emplace(as_text(entry->first), entry);
  }

  mutable std::shared_mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator>
      places_;  // by key: what is read is mostly read alone
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
