#include "ledger/view.h"

#include <algorithm>
#include <unordered_set>

namespace icn::ledger {
namespace {

bool in_range(ByteView value, const ScanRange& range) {
  const BytesLess less;
  return !less(value, range.from) && (range.to.empty() || less(value, range.to));
}

}  // namespace

// Merges the rows of the store that the overlay does not touch with those of the overlay, which are
// gathered when the scan begins: a change made during a scan does not show in it.
class ViewCursor final : public storage::Cursor {
 public:
  ViewCursor(std::unique_ptr<storage::Cursor> below, const View::TableChanges& overlay,
             const ScanRange& range)
      : below_(std::move(below)), overlay_(overlay), range_(range) {
    for (const auto& [key, change] : overlay_.changes) {
      if (!change.record) continue;
      if (!range.index) {
        if (in_range(key, range)) added_.push_back({key, {}, *change.record});
      } else if (const auto& value = change.indexes.at(*range.index); value && in_range(*value, range)) {
        added_.push_back({key, *value, *change.record});
      }
    }
    std::ranges::sort(added_, [&](const Added& a, const Added& b) {
      return before(a.index_value, a.key, b.index_value, b.key);
    });
  }

  Result<bool> next() override {
    if (!begun_ || !on_added_) {
      ICN_TRY(advance_below());
    }
    if (begun_ && on_added_) ++next_added_;
    begun_ = true;
    const bool has_added = next_added_ < added_.size();
    if (!has_added && !has_below_) return false;
    on_added_ = has_added && (!has_below_ || before(added_[next_added_].index_value, added_[next_added_].key,
                                                    below_->index_value(), below_->key()));
    return true;
  }

  ByteView key() const override { return on_added_ ? ByteView(added_[next_added_].key) : below_->key(); }
  ByteView index_value() const override {
    return on_added_ ? ByteView(added_[next_added_].index_value) : below_->index_value();
  }
  Result<Bytes> record() const override {
    if (on_added_) return added_[next_added_].record;
    return below_->record();
  }

 private:
  struct Added {
    Bytes key;
    Bytes index_value;
    Bytes record;
  };

  bool before(ByteView index_a, ByteView key_a, ByteView index_b, ByteView key_b) const {
    const auto index_order = std::lexicographical_compare_three_way(index_a.begin(), index_a.end(),
                                                                    index_b.begin(), index_b.end());
    const auto key_order =
        std::lexicographical_compare_three_way(key_a.begin(), key_a.end(), key_b.begin(), key_b.end());
    const auto order = index_order != 0 ? index_order : key_order;
    return range_.reverse ? order > 0 : order < 0;
  }

  Result<void> advance_below() {
    while (true) {
      ICN_TRY_ASSIGN(more, below_->next());
      has_below_ = more;
      if (!more || !overlay_.changes.contains(below_->key())) return {};
    }
  }

  std::unique_ptr<storage::Cursor> below_;
  const View::TableChanges& overlay_;
  ScanRange range_;
  std::vector<Added> added_;
  std::size_t next_added_ = 0;
  bool has_below_ = false;
  bool on_added_ = false;
  bool begun_ = false;
};

const View::TableChanges* View::changes_of(const storage::TableSchema& table) const {
  const auto found = tables_.find(table.id);
  return found == tables_.end() ? nullptr : &found->second;
}

Result<std::optional<Bytes>> View::get(const storage::TableSchema& table, ByteView key) const {
  if (const TableChanges* overlay = changes_of(table)) {
    const auto found = overlay->changes.find(key);
    if (found != overlay->changes.end()) return found->second.record;
  }
  return committed_.get(table, key);
}

Result<std::unique_ptr<storage::Cursor>> View::scan(const storage::TableSchema& table,
                                                    const ScanRange& range) const {
  ICN_TRY_ASSIGN(below, committed_.scan(table, range));
  const TableChanges* overlay = changes_of(table);
  if (overlay == nullptr || overlay->changes.empty()) return std::move(below);
  return std::unique_ptr<storage::Cursor>(std::make_unique<ViewCursor>(std::move(below), *overlay, range));
}

void View::set(const storage::TableSchema& table, Bytes key, Change change) {
  TableChanges& place = tables_[table.id];
  place.table = &table;
  const auto [entry, is_new] = place.changes.try_emplace(std::move(key));
  undo_.push_back({&place, entry, is_new, {}});
  if (!is_new) {
    change.stale = entry->second.stale;
    undo_.back().before = std::move(entry->second);
  }
  entry->second = std::move(change);
}

Result<void> View::put(const storage::TableSchema& table, Bytes key, Bytes record,
                       storage::IndexValues indexes, storage::IndexValues stale) {
  set(table, std::move(key), {std::move(record), std::move(indexes), std::move(stale)});
  return {};
}

Result<void> View::erase(const storage::TableSchema& table, Bytes key, storage::IndexValues stale) {
  set(table, std::move(key), {std::nullopt, {}, std::move(stale)});
  return {};
}

void View::rollback(Savepoint savepoint) {
  while (undo_.size() > savepoint) {
    Undo& last = undo_.back();
    if (last.was_absent)
      last.place->changes.erase(last.entry);
    else
      last.entry->second = std::move(last.before);
    undo_.pop_back();
  }
}

Result<void> View::changes_since(Savepoint savepoint, const storage::TableSchema& table,
                                 const Visit& visit) const {
  // Only the first change of a row since the savepoint knows what it was before.
  std::vector<const Changes::value_type*> few_seen;
  std::unordered_set<const Changes::value_type*> many_seen;
  const auto is_first = [&](const Changes::value_type* row) {
    constexpr std::size_t kFew = 16;
    if (few_seen.size() < kFew) {
      if (std::ranges::find(few_seen, row) != few_seen.end()) return false;
      few_seen.push_back(row);
      return true;
    }
    return std::ranges::find(few_seen, row) == few_seen.end() && many_seen.insert(row).second;
  };
  for (std::size_t i = savepoint; i < undo_.size(); ++i) {
    const Undo& undo = undo_[i];
    if (undo.place->table != &table && undo.place->table->id != table.id) continue;
    if (!is_first(&*undo.entry)) continue;
    std::optional<Bytes> before = undo.before.record;
    if (undo.was_absent) {
      ICN_TRY_ASSIGN(committed, committed_.get(table, undo.entry->first));
      before = std::move(committed);
    }
    ICN_TRY(visit(undo.entry->first, before, undo.entry->second.record));
  }
  return {};
}

std::vector<storage::Row> View::rows() const {
  std::vector<storage::Row> rows;
  for (const auto& [id, place] : tables_) {
    for (const auto& [key, change] : place.changes) {
      rows.push_back({place.table, key, change.record, change.indexes, change.stale});
    }
  }
  return rows;
}

}  // namespace icn::ledger
