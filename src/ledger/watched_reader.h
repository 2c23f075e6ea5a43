#pragma once

#include <optional>

#include "storage/store.h"

namespace icn::ledger {

// Reads from another and keeps the first error of it: what a store could not read says nothing about a
// transaction, and must not become its outcome. Thread: one.
class WatchedReader final : public storage::Reader {
 public:
  // `below` must outlive this, and this every cursor of it.
  explicit WatchedReader(const storage::Reader& below) : below_(below) {}

  Result<std::optional<Bytes>> get(const storage::TableSchema& table, ByteView key) const override {
    return noted(below_.get(table, key));
  }
  Result<std::unique_ptr<storage::Cursor>> scan(const storage::TableSchema& table,
                                                const storage::ScanRange& range) const override {
    ICN_TRY_ASSIGN(rows, noted(below_.scan(table, range)));
    return std::unique_ptr<storage::Cursor>(std::make_unique<WatchedCursor>(*this, std::move(rows)));
  }

  // Of the reads so far.
  Result<void> check() const { return failure_ ? Result<void>(*failure_) : Result<void>(); }

 private:
  class WatchedCursor final : public storage::Cursor {
   public:
    WatchedCursor(const WatchedReader& reader, std::unique_ptr<storage::Cursor> rows)
        : reader_(reader), rows_(std::move(rows)) {}
    Result<bool> next() override { return reader_.noted(rows_->next()); }
    ByteView key() const override { return rows_->key(); }
    ByteView index_value() const override { return rows_->index_value(); }
    Result<Bytes> record() const override { return reader_.noted(rows_->record()); }

   private:
    const WatchedReader& reader_;
    std::unique_ptr<storage::Cursor> rows_;
  };

  template <typename T>
  Result<T> noted(Result<T> result) const {
    if (!result.ok() && !failure_) failure_ = result.error();
    return result;
  }

  const storage::Reader& below_;
  mutable std::optional<Error> failure_;
};

}  // namespace icn::ledger
