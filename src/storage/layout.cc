#include "storage/layout.h"

#include <algorithm>

#include "storage/errors.h"
#include "storage/keys.h"

namespace icn::storage {

namespace {

constexpr std::uint8_t kRows = 0;

void append_list(Bytes& out, const TableSchema& table, std::size_t number) {
  out.push_back(static_cast<std::uint8_t>(table.id >> 8));
  out.push_back(static_cast<std::uint8_t>(table.id));
  out.push_back(static_cast<std::uint8_t>(number));
}

Bytes index_entry_key(const TableSchema& table, std::size_t index, ByteView value, ByteView key) {
  Bytes out;
  out.reserve(kListPrefixSize + value.size() + 4 + key.size());
  append_list(out, table, index + 1);
  append_key_text(out, value);
  append(out, key);
  return out;
}

void append_index_changes(std::vector<Change>& out, const Row& row) {
  static const std::optional<Bytes> kNone;
  for (std::size_t index = 0; index < row.table->indexes.size(); ++index) {
    const auto& old_value = row.stale.empty() ? kNone : row.stale[index];
    const auto& new_value = row.record ? row.indexes[index] : kNone;
    if (old_value == new_value) continue;
    if (old_value) out.push_back({index_entry_key(*row.table, index, *old_value, row.key), std::nullopt});
    if (new_value) out.push_back({index_entry_key(*row.table, index, *new_value, row.key), ByteView()});
  }
}

}  // namespace

Result<void> check_row(const Row& row) {
  const std::size_t count = row.table->indexes.size();
  ICN_ASSERT(row.stale.empty() || row.stale.size() == count);
  ICN_ASSERT(row.record ? row.indexes.size() == count : row.indexes.empty());
  bool fits = row.key.size() <= kKeySizeMax;
  for (const auto& value : row.indexes) fits = fits && (!value || value->size() <= kKeySizeMax);
  if (fits) return {};
  return Error(kBadRow, "table " + row.table->name + ": a key or index value has more than " +
                            std::to_string(kKeySizeMax) + " bytes");
}

Result<std::vector<Change>> changes_of(const std::vector<Row>& rows) {
  std::vector<Change> out;
  out.reserve(rows.size() + rows.size() / 2);
  for (const Row& row : rows) {
    ICN_TRY(check_row(row));
    append_index_changes(out, row);
    out.push_back({row_entry_key(*row.table, row.key), row.record});
  }
  const auto by_key = [](const Change& left, const Change& right) {
    return as_text(left.key) < as_text(right.key);
  };
  if (!std::is_sorted(out.begin(), out.end(), by_key)) std::stable_sort(out.begin(), out.end(), by_key);
  return out;
}

bool are_plain_entries(const std::vector<Row>& rows) {
  const Row* before = nullptr;
  for (const Row& row : rows) {
    if (!row.table->indexes.empty() || row.key.size() > kKeySizeMax) return false;
    if (before != nullptr) {
      if (row.table->id < before->table->id) return false;
      if (row.table->id == before->table->id && as_text(row.key) < as_text(before->key)) return false;
    }
    before = &row;
  }
  return true;
}

void set_row_entry_key(Bytes& out, const TableSchema& table, ByteView key) {
  out.clear();
  out.reserve(kListPrefixSize + key.size());
  append_list(out, table, kRows);
  append(out, key);
}

Bytes row_entry_key(const TableSchema& table, ByteView key) {
  Bytes out;
  set_row_entry_key(out, table, key);
  return out;
}

EntryRange entry_range(const TableSchema& table, const ScanRange& range) {
  ICN_ASSERT(!range.index || *range.index < table.indexes.size());
  Bytes list;
  append_list(list, table, range.index ? *range.index + 1 : kRows);
  const auto bound = [&](const Bytes& value) {
    Bytes out = list;
    if (range.index) {
      append_key_text(out, value);
    } else {
      append(out, value);
    }
    return out;
  };
  return {range.from.empty() ? list : bound(range.from),
          range.to.empty() ? after_prefix(list) : bound(range.to)};
}

bool parse_entry(ByteView entry_key, EntryParts& parts, Bytes& scratch) {
  if (entry_key.size() < kListPrefixSize) return false;
  ByteView rest = entry_key.subspan(kListPrefixSize);
  parts = {rest, {}};
  if (entry_key[kListPrefixSize - 1] == kRows) return true;
  if (!take_key_text(rest, scratch)) return false;
  parts = {rest, scratch};
  return true;
}

}  // namespace icn::storage
