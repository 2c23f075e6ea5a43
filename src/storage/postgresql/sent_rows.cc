#include "storage/postgresql/sent_rows.h"

#include <utility>

namespace icn::storage::postgresql {

SentRows::SentRows(std::vector<Row> rows) : rows_(std::move(rows)) {
  newest_.reserve(rows_.size());
  for (const Row& row : rows_) newest_[{row.table->id, as_text(row.key)}] = &row;
}

const Row* SentRows::find(const TableSchema& table, ByteView key) const {
  const auto found = newest_.find({table.id, as_text(key)});
  return found == newest_.end() ? nullptr : found->second;
}

}  // namespace icn::storage::postgresql
