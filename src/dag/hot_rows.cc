#include "dag/hot_rows.h"

namespace icn::dag {

HotRows::ByKey* HotRows::rows_of(const storage::TableSchema& table) const {
  if (table.id == kOwed.schema().id) return &owed_;
  return table.id == kTotals.schema().id ? &totals_ : nullptr;
}

Result<std::optional<Bytes>> HotRows::get(const storage::TableSchema& table, ByteView key) const {
  ByKey* const rows = rows_of(table);
  if (rows == nullptr) return store_.get(table, key);
  std::string name(as_text(key));
  std::uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = rows->find(name); known != rows->end()) return known->second;
    changes = changes_;
  }
  ICN_TRY_ASSIGN(record, store_.get(table, key));
  const std::lock_guard lock(mutex_);
  if (changes != changes_) return std::move(record);
  if (rows->size() >= kRowsMax) rows->clear();
  rows->insert_or_assign(std::move(name), record);
  return std::move(record);
}

void HotRows::committed(const std::vector<storage::Row>& rows) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  for (const storage::Row& row : rows) {
    ByKey* const kept = rows_of(*row.table);
    if (kept == nullptr) continue;
    if (const auto known = kept->find(std::string(as_text(row.key))); known != kept->end())
      known->second = row.record;
  }
}

void HotRows::clear() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  owed_.clear();
  totals_.clear();
}

}  // namespace icn::dag
