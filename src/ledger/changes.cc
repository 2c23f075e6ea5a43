#include "ledger/changes.h"

#include <functional>
#include <string_view>

namespace icn::ledger {

std::size_t Changes::place_of(std::uint16_t table, ByteView key) {
  return (std::hash<std::string_view>{}(as_text(key)) + table) % kRows;
}

void Changes::note(const std::vector<storage::Row>& rows) {
  for (const storage::Row& row : rows) {
    rows_[place_of(row.table->id, row.key)].fetch_add(1, std::memory_order_release);
    tables_[row.table->id % kTables].fetch_add(1, std::memory_order_release);
  }
}

void Changes::note_all() {
  for (auto& version : rows_) version.fetch_add(1, std::memory_order_release);
  for (auto& version : tables_) version.fetch_add(1, std::memory_order_release);
}

}  // namespace icn::ledger
