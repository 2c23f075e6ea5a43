#include "ledger/changes.h"

#include <functional>
#include <string_view>

namespace icn::ledger {
namespace {

// One thread writes: the bus need not be locked, which fetch_add() does.
void raise(std::atomic<std::uint64_t>& version) {
  version.store(version.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

}  // namespace

std::size_t Changes::place_of(std::uint16_t table, ByteView key) {
  return (std::hash<std::string_view>{}(as_text(key)) + table) % kRows;
}

void Changes::note(const std::vector<storage::Row>& rows) {
  const storage::TableSchema* noted = nullptr;
  for (const storage::Row& row : rows) {
    raise(rows_[place_of(row.table->id, row.key)]);
    if (row.table != noted) raise(tables_[row.table->id % kTables]);
    noted = row.table;
  }
}

void Changes::note_all() {
  for (auto& version : rows_) version.fetch_add(1, std::memory_order_release);
  for (auto& version : tables_) version.fetch_add(1, std::memory_order_release);
}

}  // namespace icn::ledger
