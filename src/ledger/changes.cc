#include "ledger/changes.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace icn::ledger {

std::size_t Changes::place_of(std::uint16_t table, ByteView key) {
  return (std::hash<std::string_view>{}(as_text(key)) + table) % kRows;
}

Changes::Places Changes::places_of(const std::vector<storage::Row>& rows) {
  Places places;
  places.rows.reserve(rows.size());
  for (const storage::Row& row : rows) {
    places.rows.push_back(place_of(row.table->id, row.key));
    const std::size_t table = row.table->id % kTables;
    if (std::ranges::find(places.tables, table) == places.tables.end()) places.tables.push_back(table);
  }
  return places;
}

void Changes::note(const Places& places) {
  for (const std::size_t place : places.rows) rows_[place].fetch_add(1, std::memory_order_release);
  for (const std::size_t place : places.tables) tables_[place].fetch_add(1, std::memory_order_release);
}

void Changes::note_all() {
  for (auto& version : rows_) version.fetch_add(1, std::memory_order_release);
  for (auto& version : tables_) version.fetch_add(1, std::memory_order_release);
}

}  // namespace icn::ledger
