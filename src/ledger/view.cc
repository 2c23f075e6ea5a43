#include "ledger/view.h"

#include <algorithm>
#include <utility>

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
  ViewCursor(std::unique_ptr<storage::Cursor> below, const View::Entries& overlay, const ScanRange& range)
      : below_(std::move(below)), overlay_(overlay), range_(range) {
    for (const auto& [text, entry] : overlay_) {
      if (entry.changed_at == 0 || !entry.record) continue;
      if (!range.index) {
        if (in_range(entry.key, range)) added_.push_back({entry.key, {}, *entry.record});
      } else if (const auto& value = entry.indexes.at(*range.index); value && in_range(*value, range)) {
        added_.push_back({entry.key, *value, *entry.record});
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
      if (!more || !is_covered(below_->key())) return {};
    }
  }

  bool is_covered(ByteView key) const {
    const auto found = overlay_.find(as_text(key));
    return found != overlay_.end() && found->second.changed_at != 0;
  }

  std::unique_ptr<storage::Cursor> below_;
  const View::Entries& overlay_;
  ScanRange range_;
  std::vector<Added> added_;
  std::size_t next_added_ = 0;
  bool has_below_ = false;
  bool on_added_ = false;
  bool begun_ = false;
};

View::TableEntries& View::entries_of(const storage::TableSchema& table) const {
  TableEntries& place = tables_[table.id];
  place.table = &table;
  return place;
}

// The entry of `key`, made when there is none. Its own copy of the key is what the map looks at: a vector
// that is moved keeps its bytes where they are.
View::Entry& View::entry_of(Entries& entries, Bytes key) {
  const auto [place, is_new] = entries.try_emplace(as_text(key));
  if (is_new) place->second.key = std::move(key);
  return place->second;
}

Result<std::optional<Bytes>> View::get(const storage::TableSchema& table, ByteView key) const {
  Entries& entries = entries_of(table).entries;
  const auto found = entries.find(as_text(key));
  Entry& entry = found != entries.end() ? found->second : entry_of(entries, to_bytes(key));
  if (!entry.is_known) {
    ICN_TRY_ASSIGN(record, committed_.get(table, key));
    entry.record = std::move(record);
    entry.is_known = true;
  }
  return entry.record;
}

Result<std::unique_ptr<storage::Cursor>> View::scan(const storage::TableSchema& table,
                                                    const ScanRange& range) const {
  ICN_TRY_ASSIGN(below, committed_.scan(table, range));
  const Entries& entries = entries_of(table).entries;
  if (entries.empty()) return std::move(below);
  return std::unique_ptr<storage::Cursor>(std::make_unique<ViewCursor>(std::move(below), entries, range));
}

void View::set(const storage::TableSchema& table, Bytes key, Entry entry) {
  TableEntries& place = entries_of(table);
  Entry& now = entry_of(place.entries, std::move(key));
  if (now.changed_at != 0) entry.stale = now.stale;
  entry.changed_at = undo_.size() + 1;
  entry.is_known = true;
  entry.key = std::move(now.key);
  undo_.push_back({&place, &now, std::exchange(now, std::move(entry))});
}

Result<void> View::put(const storage::TableSchema& table, Bytes key, Bytes record,
                       storage::IndexValues indexes, storage::IndexValues stale) {
  set(table, std::move(key), {{}, std::move(record), std::move(indexes), std::move(stale)});
  return {};
}

Result<void> View::erase(const storage::TableSchema& table, Bytes key, storage::IndexValues stale) {
  set(table, std::move(key), {{}, std::nullopt, {}, std::move(stale)});
  return {};
}

void View::rollback(Savepoint savepoint) {
  for (; undo_.size() > savepoint; undo_.pop_back()) {
    Undo& last = undo_.back();
    last.before.key = std::move(last.entry->key);
    *last.entry = std::move(last.before);
  }
}

Result<void> View::changes_since(Savepoint savepoint, const storage::TableSchema& table,
                                 const Visit& visit) const {
  for (std::size_t i = savepoint; i < undo_.size(); ++i) {
    const auto& [place, entry, before] = undo_[i];
    if (place->table->id != table.id) continue;
    // Only the first change of a row since the savepoint knows what it was before.
    if (before.changed_at > savepoint) continue;
    if (before.is_known) {
      ICN_TRY(visit(entry->key, before.record, entry->record));
    } else {
      ICN_TRY_ASSIGN(committed, committed_.get(table, entry->key));
      ICN_TRY(visit(entry->key, committed, entry->record));
    }
  }
  return {};
}

std::vector<storage::Row> View::take_rows() {
  std::vector<storage::Row> rows;
  rows.reserve(undo_.size());
  std::vector<Entry*> changed;
  for (auto& [id, place] : tables_) {
    changed.clear();
    for (auto& [key, entry] : place.entries) {
      if (entry.changed_at != 0) changed.push_back(&entry);
    }
    std::ranges::sort(changed,
                      [](const Entry* a, const Entry* b) { return as_text(a->key) < as_text(b->key); });
    for (Entry* entry : changed) {
      rows.push_back({place.table, std::move(entry->key), std::move(entry->record), std::move(entry->indexes),
                      std::move(entry->stale)});
    }
  }
  undo_.clear();
  tables_.clear();
  return rows;
}

}  // namespace icn::ledger
