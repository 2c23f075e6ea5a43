#include "ledger/state_cache.h"

#include "ledger/state.h"

namespace icn::ledger {
namespace {

void set_place(std::string& place, const storage::TableSchema& table, ByteView key) {
  place.clear();
  place += static_cast<char>(table.id >> 8);
  place += static_cast<char>(table.id);
  place += as_text(key);
}

constexpr std::size_t kEntryOverheadBytes = 120;

}  // namespace

Result<std::optional<Bytes>> StateCache::get(const storage::TableSchema& table, ByteView key) const {
  // What lies outside the agreed state is read once at most: keeping it would push out what is hot.
  if (table.id >= kAgreedTablesEnd) return store_->get(table, key);
  set_place(place_, table, key);
  if (const std::optional<Bytes>* known = find()) return *known;
  ICN_TRY_ASSIGN(record, store_->get(table, key));
  remember(record);
  return std::move(record);
}

std::optional<Bytes>* StateCache::find() const {
  if (const auto young = young_.find(place_); young != young_.end()) return &young->second;
  const auto old = old_.find(place_);
  if (old == old_.end()) return nullptr;
  std::optional<Bytes> record = std::move(old->second);
  old_.erase(old);
  remember(std::move(record));
  return &young_.find(place_)->second;
}

void StateCache::remember(std::optional<Bytes> record) const {
  if (young_bytes_ >= bytes_max_ / 2) {
    old_ = std::move(young_);
    young_.clear();
    young_bytes_ = 0;
  }
  young_bytes_ += place_.size() + (record ? record->size() : 0) + kEntryOverheadBytes;
  young_.insert_or_assign(place_, std::move(record));
}

void StateCache::committed(const std::vector<storage::Row>& rows) {
  for (const storage::Row& row : rows) {
    if (row.table->id >= kAgreedTablesEnd) continue;
    set_place(place_, *row.table, row.key);
    if (std::optional<Bytes>* known = find()) *known = row.record;
  }
}

void StateCache::reset(const Reader& store) {
  store_ = &store;
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
}

}  // namespace icn::ledger
