#pragma once

#include "storage/store.h"

// Where typed tables write. The ledger's view (an overlay with savepoints) is one; StoreSpace is one
// that writes straight through.
namespace icn::storage {

// Reads of a RecordSpace see the changes made through it.
class RecordSpace : public Reader {
 public:
  // Sets the row of `key`. `indexes` has one entry per index of the table; `stale` are the index values
  // of the row as this space shows it before the call (empty vector: there is no such row).
  // A space that gathers several changes of one key into one Row keeps the first `stale` and the last
  // `indexes`.
  virtual Result<void> put(const TableSchema& table, Bytes key, Bytes record, IndexValues indexes,
                           IndexValues stale) = 0;
  // Removes the row of `key`; nothing happens when there is none.
  virtual Result<void> erase(const TableSchema& table, Bytes key, IndexValues stale) = 0;
};

// Every put and erase is one write to the store. For what lies outside the ledger and stands alone.
class StoreSpace final : public RecordSpace {
 public:
  StoreSpace(Store& store, Durability durability) : store_(store), durability_(durability) {}

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return store_.get(table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return store_.scan(table, range);
  }
  Result<void> put(const TableSchema& table, Bytes key, Bytes record, IndexValues indexes,
                   IndexValues stale) override {
    return write({&table, std::move(key), std::move(record), std::move(indexes), std::move(stale)});
  }
  Result<void> erase(const TableSchema& table, Bytes key, IndexValues stale) override {
    return write({&table, std::move(key), std::nullopt, {}, std::move(stale)});
  }

 private:
  Result<void> write(Row row) {
    std::vector<Row> rows;
    rows.push_back(std::move(row));
    return store_.write(rows, durability_);
  }

  Store& store_;
  Durability durability_;
};

// Gathers rows for one atomic Store::write. Reads show the store beneath, not what was gathered.
class RowBuffer final : public RecordSpace {
 public:
  explicit RowBuffer(const Reader& below) : below_(below) {}

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return below_.get(table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return below_.scan(table, range);
  }
  Result<void> put(const TableSchema& table, Bytes key, Bytes record, IndexValues indexes,
                   IndexValues stale) override {
    rows_.push_back({&table, std::move(key), std::move(record), std::move(indexes), std::move(stale)});
    return {};
  }
  Result<void> erase(const TableSchema& table, Bytes key, IndexValues stale) override {
    rows_.push_back({&table, std::move(key), std::nullopt, {}, std::move(stale)});
    return {};
  }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  const Reader& below_;
  std::vector<Row> rows_;
};

}  // namespace icn::storage
