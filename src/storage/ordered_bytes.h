#pragma once

#include <memory>

#include "storage/store.h"

namespace icn::storage {

struct Entry {
  Bytes key;
  Bytes value;
};

// A piece of a scan. `resume` none: the range is exhausted. Else the rest of the range begins at
// `resume` (forward) or ends before it (reverse); there may be more even when `entries` is empty.
struct Chunk {
  std::vector<Entry> entries;
  std::optional<Bytes> resume;
};

// What a key-value engine without cursors or snapshots of its own offers to read. Thread: any.
class OrderedBytes {
 public:
  virtual ~OrderedBytes() = default;
  virtual Result<std::optional<Bytes>> get(ByteView key) const = 0;
  // At most `limit` entries with from <= key < to, in order or in reverse.
  virtual Result<Chunk> read(ByteView from, ByteView to, bool reverse, std::size_t limit) const = 0;
};

// Tables over frozen OrderedBytes, in the layout of layout.h. Shares its source with its cursors.
class OrderedReader final : public Reader {
 public:
  explicit OrderedReader(std::shared_ptr<const OrderedBytes> frozen) : frozen_(std::move(frozen)) {}
  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override;
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override;

 private:
  std::shared_ptr<const OrderedBytes> frozen_;
};

}  // namespace icn::storage
