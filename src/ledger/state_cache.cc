#include "ledger/state_cache.h"

#include "ledger/state.h"

namespace icn::ledger {
namespace {

std::string place_of(const storage::TableSchema& table, ByteView key) {
  std::string place;
  place.reserve(key.size() + 2);
  place += static_cast<char>(table.id >> 8);
  place += static_cast<char>(table.id);
  place += as_text(key);
  return place;
}

constexpr std::size_t kEntryOverheadBytes = 120;

}  // namespace

Result<std::optional<Bytes>> StateCache::get(const storage::TableSchema& table, ByteView key) const {
  // What lies outside the agreed state is read once at most: keeping it would push out what is hot.
  if (table.id >= kAgreedTablesEnd) return store_->get(table, key);
  std::string place = place_of(table, key);
  if (const auto young = young_.find(place); young != young_.end()) return young->second;
  if (const auto old = old_.find(place); old != old_.end()) {
    std::optional<Bytes> record = std::move(old->second);
    old_.erase(old);
    remember(std::move(place), record);
    return record;
  }
  ICN_TRY_ASSIGN(record, store_->get(table, key));
  remember(std::move(place), record);
  return std::move(record);
}

void StateCache::remember(std::string&& place, std::optional<Bytes> record) const {
  young_bytes_ += place.size() + (record ? record->size() : 0) + kEntryOverheadBytes;
  young_.insert_or_assign(std::move(place), std::move(record));
  if (young_bytes_ < bytes_max_ / 2) return;
  old_ = std::move(young_);
  young_.clear();
  young_bytes_ = 0;
}

void StateCache::committed(const std::vector<storage::Row>& rows) {
  for (const storage::Row& row : rows) {
    if (row.table->id >= kAgreedTablesEnd) continue;
    std::string place = place_of(*row.table, row.key);
    if (const auto old = old_.find(place); old != old_.end()) old_.erase(old);
    remember(std::move(place), row.record);
  }
}

void StateCache::reset(const Reader& store) {
  store_ = &store;
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
}

}  // namespace icn::ledger
