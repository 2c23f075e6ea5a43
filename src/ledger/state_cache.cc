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

class NoRows final : public storage::Cursor {
 public:
  Result<bool> next() override { return false; }
  ByteView key() const override { return {}; }
  ByteView index_value() const override { return {}; }
  Result<Bytes> record() const override { return Bytes(); }
};

// What is due until some moment.
bool is_front_of_due(const storage::TableSchema& table, const ScanRange& range) {
  return table.id == kDue.schema().id && !range.index && range.from.empty() && !range.to.empty() &&
         !range.reverse;
}

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

Result<std::unique_ptr<storage::Cursor>> StateCache::scan(const storage::TableSchema& table,
                                                          const ScanRange& range) const {
  if (is_front_of_due(table, range)) {
    ICN_TRY_ASSIGN(first, first_due());
    if (!first || !BytesLess()(*first, range.to))
      return std::unique_ptr<storage::Cursor>(std::make_unique<NoRows>());
  }
  return store_->scan(table, range);
}

Result<std::optional<Bytes>> StateCache::first_due() const {
  if (!is_first_due_known_) {
    ICN_TRY_ASSIGN(rows, store_->scan(kDue.schema(), {}));
    ICN_TRY_ASSIGN(found, rows->next());
    first_due_ = found ? std::optional(to_bytes(rows->key())) : std::nullopt;
    is_first_due_known_ = true;
  }
  return first_due_;
}

void StateCache::note_due(const storage::Row& row) {
  if (row.record) {
    if (!first_due_ || BytesLess()(row.key, *first_due_)) first_due_ = row.key;
  } else if (first_due_ == row.key) {
    is_first_due_known_ = false;
  }
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
    if (row.table->id == kDue.schema().id && is_first_due_known_) note_due(row);
    set_place(place_, *row.table, row.key);
    if (std::optional<Bytes>* known = find()) *known = row.record;
  }
}

void StateCache::reset(const Reader& store) {
  store_ = &store;
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
  is_first_due_known_ = false;
}

Result<std::optional<TimestampSecs>> next_due(const StateCache& state) {
  ICN_TRY_ASSIGN(first, state.first_due());
  if (!first) return std::optional<TimestampSecs>();
  std::uint64_t due_secs = 0;
  ByteView key(*first);
  if (!storage::take_key_part(key, due_secs)) return Error(storage::kCorrupt, "a key of the due rows");
  ICN_TRY_ASSIGN(clock, kClock.get(state, "clock"));
  return std::optional<TimestampSecs>(due_secs + (clock ? clock->standstill_secs : 0));
}

}  // namespace icn::ledger
