#include "storage/ordered_bytes.h"

#include <algorithm>

#include "storage/errors.h"
#include "storage/layout.h"

namespace icn::storage {

namespace {

// Chunks grow: a page of a few rows stays cheap, a long scan seldom asks again.
constexpr std::size_t kFirstChunk = 16;
constexpr std::size_t kLargestChunk = 256;

class OrderedCursor final : public Cursor {
 public:
  OrderedCursor(std::shared_ptr<const OrderedBytes> source, const TableSchema& table, const ScanRange& range)
      : source_(std::move(source)),
        table_(table),
        by_index_(range.index.has_value()),
        reverse_(range.reverse),
        left_(entry_range(table, range)) {}

  Result<bool> next() override {
    if (!chunk_.entries.empty()) ++at_;
    while (at_ >= chunk_.entries.size()) {
      if (done_) return false;
      ICN_TRY(read_chunk());
    }
    if (!parse_entry(chunk_.entries[at_].key, parts_, scratch_)) return Error(kCorrupt);
    return true;
  }

  ByteView key() const override { return parts_.key; }
  ByteView index_value() const override { return parts_.index_value; }

  Result<Bytes> record() const override {
    if (!by_index_) return chunk_.entries[at_].value;
    ICN_TRY_ASSIGN(found, source_->get(row_entry_key(table_, parts_.key)));
    if (!found) return Error(kCorrupt, "table " + table_.name + ": an index names a row that is not there");
    return std::move(*found);
  }

 private:
  Result<void> read_chunk() {
    at_ = 0;
    chunk_ = {};
    if (as_text(left_.from) >= as_text(left_.to)) {
      done_ = true;
      return {};
    }
    ICN_TRY_ASSIGN(read, source_->read(left_.from, left_.to, reverse_, chunk_size_));
    chunk_ = std::move(read);
    chunk_size_ = std::min(chunk_size_ * 2, kLargestChunk);
    done_ = !chunk_.resume;
    if (chunk_.resume) (reverse_ ? left_.to : left_.from) = std::move(*chunk_.resume);
    return {};
  }

  std::shared_ptr<const OrderedBytes> source_;
  const TableSchema& table_;
  bool by_index_;
  bool reverse_;
  EntryRange left_;
  Chunk chunk_;
  std::size_t at_ = 0;
  std::size_t chunk_size_ = kFirstChunk;
  bool done_ = false;
  EntryParts parts_;
  Bytes scratch_;
};

}  // namespace

Result<std::optional<Bytes>> OrderedReader::get(const TableSchema& table, ByteView key) const {
  return frozen_->get(row_entry_key(table, key));
}

Result<std::unique_ptr<Cursor>> OrderedReader::scan(const TableSchema& table, const ScanRange& range) const {
  return std::unique_ptr<Cursor>(std::make_unique<OrderedCursor>(frozen_, table, range));
}

}  // namespace icn::storage
