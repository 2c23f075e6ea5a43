#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ledger/tables.h"

namespace icn::ledger {

// The state as a block changes it: an overlay on the committed state with savepoints. Reads see the
// overlay first. Nothing reaches the store until the block's rows are written in one batch.
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
  std::vector<storage::Row> rows() const;

 private:
  friend class ViewCursor;

  struct Change {
    std::optional<Bytes> record;
    storage::IndexValues indexes;
    storage::IndexValues stale;  // as the committed row has them
  };
  using Changes = std::map<Bytes, Change, BytesLess>;
  struct TableChanges {
    const storage::TableSchema* table = nullptr;
    Changes changes;
  };
  struct Undo {
    TableChanges* place;
    Changes::iterator entry;
    bool was_absent;
    Change before;
  };

  const TableChanges* changes_of(const storage::TableSchema& table) const;
  void set(const storage::TableSchema& table, Bytes key, Change change);

  const Reader& committed_;
  std::map<std::uint16_t, TableChanges> tables_;
  std::vector<Undo> undo_;
};

}  // namespace icn::ledger
