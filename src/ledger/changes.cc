#include "ledger/changes.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace icn::ledger {
namespace {

bool is_among(const std::vector<std::uint16_t>& tables, std::uint16_t table) {
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

}  // namespace

std::size_t Changes::row_place(std::uint16_t table, ByteView key) {
  return (std::hash<std::string_view>{}(as_text(key)) + table) % kRows;
}

// std::hash is the library's own: programs built with another one may differ.
std::uint64_t Changes::scheme() { return std::hash<std::string_view>{}("icn places, 16384 and 256"); }

void Changes::note(const std::vector<storage::Row>& rows, std::uint64_t height) {
  const storage::TableSchema* noted = nullptr;
  for (const storage::Row& row : rows) {
    rows_[row_place(row.table->id, row.key)].store(tag(height), std::memory_order_release);
    if (row.table != noted) tables_[row.table->id % kTables].store(tag(height), std::memory_order_release);
    noted = row.table;
  }
  height_.store(height, std::memory_order_release);
}

void Changes::note_all(std::uint64_t height) {
  ++epoch_;
  for (auto& version : rows_) version.store(tag(height), std::memory_order_release);
  for (auto& version : tables_) version.store(tag(height), std::memory_order_release);
  height_.store(height, std::memory_order_release);
}

std::vector<std::uint64_t> Changes::places_of(const std::vector<std::uint16_t>& tables,
                                              const std::vector<storage::Row>& rows) {
  std::vector<std::uint64_t> out;
  for (const storage::Row& row : rows) {
    if (!is_among(tables, row.table->id)) continue;
    out.push_back(row_place(row.table->id, row.key) + 1);
    out.push_back(kRows + row.table->id % kTables + 1);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void Changes::note_places(const std::vector<std::uint64_t>& places, std::uint64_t height) {
  for (const std::uint64_t place : places) {
    if (place == 0 || place > kRows + kTables) continue;
    auto& version = place <= kRows ? rows_[place - 1] : tables_[place - 1 - kRows];
    version.store(tag(height), std::memory_order_release);
  }
  height_.store(height, std::memory_order_release);
}

// The version first: what is read at the height known afterwards is at least as new.
http::AnswerVersion Changes::answer_of(const std::atomic<std::uint64_t>& version, std::uint16_t table,
                                       std::uint64_t place, std::uint32_t seconds_max) const {
  http::AnswerVersion out(version.load(std::memory_order_acquire));
  out.seconds_max = seconds_max;
  if (!is_among(shared_tables_, table)) return out;
  out.place = place;
  out.changed_height = out.value & ((std::uint64_t{1} << kHeightBits) - 1);
  out.known_height = height_.load(std::memory_order_acquire);
  return out;
}

}  // namespace icn::ledger
