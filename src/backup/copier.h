#pragma once

#include <map>

#include "storage/store.h"

namespace icn::backup {

// What a record's row has in the indexes of its table, by the table's id; of every table that has an index.
using IndexReader = Result<storage::IndexValues> (*)(ByteView record);
using Indexers = std::map<std::uint16_t, IndexReader>;

struct CopyCounts {
  std::uint64_t rows = 0;     // that came
  std::uint64_t written = 0;  // of them, the ones the target had not, or had otherwise
  std::uint64_t erased = 0;   // that the target had and did not come
};

// Makes a store equal to the rows that come in, whatever it held before: rows that are there already are
// compared and left alone. So a copy that was cut off goes on, and a copy of yesterday becomes one of today.
// Rows come table after table, in order of their keys. In the meantime the store is neither the one nor the
// other. Thread: one at a time; nobody else writes to the store.
class Copier {
 public:
  Copier(storage::Store& target, const std::vector<storage::TableSchema>& tables, const Indexers& indexers);
  ~Copier();

  // backup_newer: no such table. backup_damaged: out of order, or a record that cannot be read. What the
  // store says.
  Result<void> add(std::uint16_t table, ByteView key, ByteView record);
  // No more rows: erases what did not come, makes everything durable.
  Result<CopyCounts> finish();

 private:
  Result<void> enter(std::uint16_t table);
  Result<void> leave();
  // The target's rows before `key` did not come; none: all that are left.
  Result<void> erase_until(const std::optional<ByteView>& key);
  Result<bool> advance();
  Result<storage::IndexValues> index_values(const storage::TableSchema& table, ByteView record) const;
  Result<void> push(storage::Row row);
  Result<void> write_batch();

  storage::Store& target_;
  std::vector<const storage::TableSchema*> tables_;  // in order
  const Indexers& indexers_;
  std::size_t next_ = 0;  // table after the current one
  const storage::TableSchema* table_ = nullptr;
  std::optional<Bytes> last_key_;
  // Where the target stands: before the row the cursor shows. Opened anew after each batch, for a cursor
  // that stays open costs some engines what is written meanwhile.
  std::unique_ptr<storage::Cursor> cursor_;
  bool has_row_ = false;
  bool is_exhausted_ = false;
  Bytes resume_;
  std::vector<storage::Row> batch_;
  std::size_t batch_bytes_ = 0;
  CopyCounts counts_;
};

// Gives the rows of a frozen view to a copier, all tables.
Result<void> copy_rows(const storage::Reader& from, const std::vector<storage::TableSchema>& tables,
                       Copier& copier);

}  // namespace icn::backup
