#include "ledger/past_state.h"

#include "crypto/hash.h"
#include "ledger/state.h"
#include "storage/record_space.h"

namespace icn::ledger {
namespace {

// The rows below, with the old ones in their places.
class PastCursor final : public storage::Cursor {
 public:
  PastCursor(std::unique_ptr<storage::Cursor> below, const PastState::Old& old)
      : below_(std::move(below)), next_(old.begin()), end_(old.end()) {}

  Result<bool> next() override {
    if (is_old_) ++next_;
    if (!is_old_ || is_both_) ICN_TRY(advance());
    is_old_ = is_both_ = false;
    while (true) {
      const bool has_old = next_ != end_;
      if (!has_old || (has_below_ && BytesLess()(below_->key(), next_->first))) return has_below_;
      is_both_ = has_below_ && !BytesLess()(next_->first, below_->key());
      if (next_->second) {
        is_old_ = true;
        return true;
      }
      // There was no such row.
      if (is_both_) ICN_TRY(advance());
      is_both_ = false;
      ++next_;
    }
  }

  ByteView key() const override { return is_old_ ? ByteView(next_->first) : below_->key(); }
  ByteView index_value() const override { return {}; }
  Result<Bytes> record() const override { return is_old_ ? *next_->second : below_->record(); }

 private:
  Result<void> advance() {
    ICN_TRY_ASSIGN(more, below_->next());
    has_below_ = more;
    return {};
  }

  std::unique_ptr<storage::Cursor> below_;
  PastState::Old::const_iterator next_;
  PastState::Old::const_iterator end_;
  bool has_below_ = false;
  bool is_old_ = false;   // the row at hand is an old one
  bool is_both_ = false;  // and one below has its key
};

}  // namespace

Result<std::vector<storage::Row>> old_rows(const Reader& store, std::uint64_t height,
                                           const std::vector<storage::Row>& rows) {
  storage::RowBuffer out(store);
  for (const storage::Row& row : rows) {
    if (row.table->id >= kAgreedTablesEnd) continue;
    const OldRowKey place{height, row.table->id, to_bytes(crypto::sha256(ByteView(row.key)))};
    ICN_TRY_ASSIGN(is_kept, kOldRows.contains(store, place));
    if (is_kept) continue;
    ICN_TRY_ASSIGN(record, store.get(*row.table, row.key));
    ICN_TRY(kOldRows.insert(out, place, {row.key, std::move(record)}));
  }
  return out.take();
}

Result<std::vector<storage::Row>> erase_old_rows(const Reader& store, std::uint64_t height) {
  storage::RowBuffer out(store);
  ICN_TRY_ASSIGN(cursor, store.scan(kOldRows.schema(), {.index = {}, .from = {}, .to = key_of(height + 1)}));
  while (true) {
    ICN_TRY_ASSIGN(more, cursor->next());
    if (!more) return out.take();
    ICN_TRY(out.erase(kOldRows.schema(), to_bytes(cursor->key()), {}));
  }
}

Result<std::unique_ptr<PastState>> PastState::open(std::shared_ptr<const Reader> snapshot,
                                                   std::uint64_t height) {
  auto out = std::unique_ptr<PastState>(new PastState(std::move(snapshot)));
  ICN_TRY_ASSIGN(rows, kOldRows.scan(*out->snapshot_, prefix_range(key_of(height))));
  while (true) {
    ICN_TRY_ASSIGN(old, rows.next());
    if (!old) return out;
    std::uint64_t of_height = 0;
    std::uint16_t table = 0;
    Bytes hash;
    if (!storage::parse_key(rows.key(), of_height, table, hash))
      return Error(storage::kCorrupt, "an old row has a key that cannot be read");
    out->old_[table].emplace(std::move(old->key), std::move(old->record));
  }
}

Result<std::optional<Bytes>> PastState::get(const storage::TableSchema& table, ByteView key) const {
  if (const auto of_table = old_.find(table.id); of_table != old_.end()) {
    if (const auto old = of_table->second.find(key); old != of_table->second.end()) return old->second;
  }
  return snapshot_->get(table, key);
}

Result<std::unique_ptr<storage::Cursor>> PastState::scan(const storage::TableSchema& table,
                                                         const ScanRange& range) const {
  ICN_ASSERT(!range.index && !range.reverse && range.from.empty() && range.to.empty());
  ICN_TRY_ASSIGN(below, snapshot_->scan(table, range));
  const auto of_table = old_.find(table.id);
  if (of_table == old_.end()) return std::move(below);
  return std::unique_ptr<storage::Cursor>(std::make_unique<PastCursor>(std::move(below), of_table->second));
}

}  // namespace icn::ledger
