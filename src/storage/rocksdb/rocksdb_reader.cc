#include "storage/rocksdb/rocksdb_reader.h"

#include <algorithm>
#include <array>

#include "storage/errors.h"
#include "storage/layout.h"

namespace icn::storage {

namespace {

constexpr std::size_t kBufferKept = 64 << 10;  // of a thread

class RocksdbCursor final : public Cursor {
 public:
  RocksdbCursor(const RocksdbReads& reads, const rocksdb::Snapshot* snapshot, const TableSchema& table,
                const ScanRange& range)
      : reads_(reads),
        table_(table),
        by_index_(range.index.has_value()),
        reverse_(range.reverse),
        range_(entry_range(table, range)),
        lower_(to_slice(range_.from)),
        upper_(to_slice(range_.to)) {
    // An index scan reads rows apart from its iterator: both must see one moment.
    if (snapshot == nullptr && by_index_) own_ = snapshot = reads.db.GetSnapshot();
    options_.snapshot = snapshot;
    options_.fill_cache = reads.fills_cache(table);
    options_.iterate_lower_bound = &lower_;
    options_.iterate_upper_bound = &upper_;
    if (lower_.compare(upper_) < 0) iterator_.reset(reads.db.NewIterator(options_));
  }
  RocksdbCursor(const RocksdbCursor&) = delete;
  RocksdbCursor& operator=(const RocksdbCursor&) = delete;
  ~RocksdbCursor() override {
    iterator_.reset();
    if (own_ != nullptr) reads_.db.ReleaseSnapshot(own_);
  }

  Result<bool> next() override {
    if (!iterator_) return false;
    move();
    if (iterator_->Valid()) {
      if (!parse_entry(from_slice(iterator_->key()), parts_, scratch_)) return Error(kCorrupt);
      return true;
    }
    const rocksdb::Status status = iterator_->status();
    iterator_.reset();
    if (!status.ok()) return rocksdb_error(status);
    return false;
  }

  ByteView key() const override { return parts_.key; }
  ByteView index_value() const override { return parts_.index_value; }

  Result<Bytes> record() const override {
    if (!by_index_) return to_bytes(from_slice(iterator_->value()));
    ICN_TRY_ASSIGN(found, rocksdb_get(reads_, options_.snapshot, table_, parts_.key));
    if (!found) return Error(kCorrupt, "table " + table_.name + ": an index names a row that is not there");
    return std::move(*found);
  }

 private:
  void move() {
    if (started_) {
      reverse_ ? iterator_->Prev() : iterator_->Next();
      return;
    }
    started_ = true;
    reverse_ ? iterator_->SeekToLast() : iterator_->SeekToFirst();
  }

  const RocksdbReads& reads_;
  const TableSchema& table_;
  bool by_index_;
  bool reverse_;
  EntryRange range_;
  rocksdb::Slice lower_;
  rocksdb::Slice upper_;
  rocksdb::ReadOptions options_;
  const rocksdb::Snapshot* own_ = nullptr;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool started_ = false;
  EntryParts parts_;
  Bytes scratch_;
};

class RocksdbSnapshot final : public Reader {
 public:
  explicit RocksdbSnapshot(const RocksdbReads& reads) : reads_(reads), snapshot_(reads.db.GetSnapshot()) {}
  ~RocksdbSnapshot() override { reads_.db.ReleaseSnapshot(snapshot_); }
  RocksdbSnapshot(const RocksdbSnapshot&) = delete;
  RocksdbSnapshot& operator=(const RocksdbSnapshot&) = delete;

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return rocksdb_get(reads_, snapshot_, table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return rocksdb_scan(reads_, snapshot_, table, range);
  }

 private:
  const RocksdbReads& reads_;
  const rocksdb::Snapshot* snapshot_;
};

}  // namespace

Error rocksdb_error(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return Error(kFull, status.ToString());
  if (status.IsCorruption()) return Error(kCorrupt, status.ToString());
  return Error(kInputOutput, status.ToString());
}

Result<std::optional<Bytes>> rocksdb_get(const RocksdbReads& reads, const rocksdb::Snapshot* snapshot,
                                         const TableSchema& table, ByteView key) {
  // Nothing is stored under a longer one.
  if (key.size() > kKeySizeMax) return std::optional<Bytes>();
  std::array<std::uint8_t, kListPrefixSize + kKeySizeMax> place;
  place[0] = static_cast<std::uint8_t>(table.id >> 8);
  place[1] = static_cast<std::uint8_t>(table.id);
  place[2] = 0;
  std::ranges::copy(key, place.begin() + kListPrefixSize);
  const ByteView entry(place.data(), kListPrefixSize + key.size());
  // Making options and a buffer anew would cost a fiftieth of a read.
  thread_local rocksdb::ReadOptions options;
  thread_local std::string buffer;
  options.snapshot = snapshot;
  options.fill_cache = reads.fills_cache(table);
  rocksdb::PinnableSlice value(&buffer);
  const rocksdb::Status status =
      reads.db.Get(options, reads.db.DefaultColumnFamily(), to_slice(entry), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return rocksdb_error(status);
  std::optional<Bytes> out(to_bytes(from_slice(value)));
  if (buffer.capacity() > kBufferKept) std::string().swap(buffer);
  return out;
}

Result<std::unique_ptr<Cursor>> rocksdb_scan(const RocksdbReads& reads, const rocksdb::Snapshot* snapshot,
                                             const TableSchema& table, const ScanRange& range) {
  return std::unique_ptr<Cursor>(std::make_unique<RocksdbCursor>(reads, snapshot, table, range));
}

std::unique_ptr<Reader> rocksdb_snapshot(const RocksdbReads& reads) {
  return std::make_unique<RocksdbSnapshot>(reads);
}

}  // namespace icn::storage
