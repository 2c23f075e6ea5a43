#include "backup/copier.h"

#include <algorithm>

#include "backup/errors.h"
#include "backup/writer.h"
#include "base/assert.h"

namespace icn::backup {
namespace {

constexpr std::size_t kBatchRows = 5'000;
constexpr std::size_t kBatchBytes = 4 << 20;

bool equal(ByteView left, ByteView right) { return std::ranges::equal(left, right); }

}  // namespace

Copier::Copier(storage::Store& target, const std::vector<storage::TableSchema>& tables, const Indexers& indexers)
    : target_(target), tables_(in_order(tables)), indexers_(indexers) {}

Copier::~Copier() = default;

Result<void> Copier::add(std::uint16_t table, ByteView key, ByteView record) {
  if (table_ == nullptr || table_->id != table) ICN_TRY(enter(table));
  if (last_key_ && !BytesLess()(*last_key_, key))
    return Error(kDamaged, "rows of table " + table_->name + " are out of order");
  last_key_ = to_bytes(key);
  ++counts_.rows;
  ICN_TRY(erase_until(key));
  storage::Row row{table_, to_bytes(key), to_bytes(record), {}, {}};
  if (has_row_ && equal(cursor_->key(), key)) {
    ICN_TRY_ASSIGN(old, cursor_->record());
    ICN_TRY(advance());
    if (equal(old, record)) return {};
    ICN_TRY_ASSIGN(stale, index_values(*table_, old));
    row.stale = std::move(stale);
  }
  ICN_TRY_ASSIGN(values, index_values(*table_, record));
  row.indexes = std::move(values);
  ++counts_.written;
  return push(std::move(row));
}

Result<CopyCounts> Copier::finish() {
  ICN_TRY(leave());
  while (next_ < tables_.size()) {
    ICN_TRY(enter(tables_[next_]->id));
    ICN_TRY(leave());
  }
  ICN_TRY(target_.flush());
  return counts_;
}

Result<void> Copier::enter(std::uint16_t table) {
  ICN_TRY(leave());
  const auto found = std::ranges::find(tables_, table, &storage::TableSchema::id);
  if (found == tables_.end())
    return Error(kNewer, "rows of table " + std::to_string(table) + ", which this version does not know; update icn");
  const auto place = static_cast<std::size_t>(found - tables_.begin());
  if (place < next_) return Error(kDamaged, "rows of table " + (*found)->name + " are out of order");
  // The tables between have no rows.
  while (next_ < place) {
    table_ = tables_[next_++];
    ICN_TRY(leave());
  }
  table_ = tables_[next_++];
  return {};
}

Result<void> Copier::leave() {
  if (table_ == nullptr) return {};
  ICN_TRY(erase_until(std::nullopt));
  ICN_TRY(write_batch());
  table_ = nullptr;
  last_key_.reset();
  resume_.clear();
  is_exhausted_ = false;
  return {};
}

Result<void> Copier::erase_until(const std::optional<ByteView>& key) {
  if (!has_row_) ICN_TRY(advance());
  while (has_row_ && (!key || BytesLess()(cursor_->key(), *key))) {
    ICN_TRY_ASSIGN(old, cursor_->record());
    ICN_TRY_ASSIGN(stale, index_values(*table_, old));
    storage::Row row{table_, to_bytes(cursor_->key()), std::nullopt, {}, std::move(stale)};
    ICN_TRY(advance());
    ++counts_.erased;
    ICN_TRY(push(std::move(row)));
    if (!has_row_) ICN_TRY(advance());
  }
  return {};
}

Result<bool> Copier::advance() {
  has_row_ = false;
  if (is_exhausted_) return false;
  if (!cursor_) {
    ICN_TRY_ASSIGN(opened, target_.scan(*table_, {.index = {}, .from = resume_, .to = {}}));
    cursor_ = std::move(opened);
  }
  ICN_TRY_ASSIGN(more, cursor_->next());
  has_row_ = more;
  is_exhausted_ = !more;
  return more;
}

Result<storage::IndexValues> Copier::index_values(const storage::TableSchema& table, ByteView record) const {
  if (table.indexes.empty()) return storage::IndexValues();
  const auto found = indexers_.find(table.id);
  ICN_ASSERT(found != indexers_.end());
  auto values = found->second(record);
  if (!values.ok())
    return Error(kDamaged, "a record of table " + table.name + " cannot be read: " + values.error().detail());
  return values;
}

Result<void> Copier::push(storage::Row row) {
  batch_bytes_ += row.key.size() + (row.record ? row.record->size() : 0);
  batch_.push_back(std::move(row));
  if (batch_.size() < kBatchRows && batch_bytes_ < kBatchBytes) return {};
  return write_batch();
}

Result<void> Copier::write_batch() {
  if (has_row_) {
    resume_ = to_bytes(cursor_->key());
    has_row_ = false;
  }
  cursor_.reset();
  if (!batch_.empty()) ICN_TRY(target_.write(batch_, storage::Durability::kBuffered));
  batch_.clear();
  batch_bytes_ = 0;
  return {};
}

Result<void> copy_rows(const storage::Reader& from, const std::vector<storage::TableSchema>& tables,
                       Copier& copier) {
  for (const storage::TableSchema* table : in_order(tables)) {
    ICN_TRY_ASSIGN(rows, from.scan(*table, {}));
    while (true) {
      ICN_TRY_ASSIGN(more, rows->next());
      if (!more) break;
      ICN_TRY_ASSIGN(record, rows->record());
      ICN_TRY(copier.add(table->id, rows->key(), record));
    }
  }
  return {};
}

}  // namespace icn::backup
