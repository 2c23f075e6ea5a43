#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/tables.h"

namespace icn::ledger {

// The state as a block changes it: an overlay on the committed state with savepoints. Reads see the
// overlay first; a row is read from below once. Nothing reaches the store until the block's rows are written
// in one batch.
// Thread: the ledger's writer only.
class View final : public RecordSpace {
 public:
  explicit View(const Reader& committed) : committed_(committed) {}

  Result<std::optional<Bytes>> get(const storage::TableSchema& table, ByteView key) const override;
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema& table,
                                                const ScanRange& range) const override;
  Result<void> put(const storage::TableSchema& table, Bytes key, Bytes record, storage::IndexValues indexes,
                   storage::IndexValues stale) override;
  Result<void> erase(const storage::TableSchema& table, Bytes key, storage::IndexValues stale) override;

  using Savepoint = std::size_t;
  Savepoint savepoint() const { return undo_.size(); }
  // Undoes every change made since.
  void rollback(Savepoint savepoint);

  // Calls visit(key, before, after) for each row of `table` changed since `savepoint`; a missing record is
  // none. The first error ends it and is returned.
  using Visit = std::function<Result<void>(ByteView key, const std::optional<Bytes>& before,
                                           const std::optional<Bytes>& after)>;
  Result<void> changes_since(Savepoint savepoint, const storage::TableSchema& table,
                             const Visit& visit) const;

  // Everything that was changed, in order of table and key, with the index values the store must forget.
  // The view is spent: after it only what lies below is seen.
  std::vector<storage::Row> take_rows();

 private:
  friend class ViewCursor;

  // A row that was read or changed.
  struct Entry {
    Bytes key;
    std::optional<Bytes> record;
    storage::IndexValues indexes;
    storage::IndexValues stale;  // as the committed row has them
    std::size_t changed_at = 0;  // size of the undo list after the last change; 0: as committed
    bool is_known = false;       // `record` is what the row holds; only a row never read can be unknown
  };
  // By the bytes of Entry::key. Put in order by take_rows() and by scans alone: most rows are looked up many
  // times.
  using Entries = std::unordered_map<std::string_view, Entry>;
  struct TableEntries {
    const storage::TableSchema* table = nullptr;
    Entries entries;
  };
  struct Undo {
    const TableEntries* place;
    Entry* entry;
    Entry before;  // without its key
  };

  TableEntries& entries_of(const storage::TableSchema& table) const;
  static Entry& entry_of(Entries& entries, Bytes key);
  void set(const storage::TableSchema& table, Bytes key, Entry entry);

  const Reader& committed_;
  mutable std::map<std::uint16_t, TableEntries> tables_;
  std::vector<Undo> undo_;
};

}  // namespace icn::ledger
