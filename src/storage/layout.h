#pragma once

#include "storage/store.h"

// How key-value engines (memory, RocksDB, sled) keep tables: one ordered space of byte strings.
//   entry       := row | index-entry
//   row         := table 0x00 key                          -> record
//   index-entry := table number text(index-value) key      -> nothing
//   table       := u16, big-endian (TableSchema::id)
//   number      := u8, the index's position in its table + 1
//   text        := as in keys.h: 0x00 is written 0x00 0xFF, the end is 0x00 0x01
// The three first bytes thus name one ordered list, and byte order is (table, list, value, key).
// The same page for people: docs/formats/store.md.
namespace icn::storage {

inline constexpr std::size_t kListPrefixSize = 3;

// One change of the ordered space; `value` none = remove.
struct Change {
  Bytes key;
  std::optional<ByteView> value;  // into the row
};

// The changes that `rows` mean, in key order (changes of one key stay in the order of the rows).
// Errors: kBadRow. A row whose index values do not fit its table is a programmer error.
Result<std::vector<Change>> changes_of(const std::vector<Row>& rows);

// kBadRow: a key or index value is too long. For engines that have no use for changes_of().
Result<void> check_row(const Row& row);

// True when each row is one change and they are in key order: then changes_of() would only copy them. False
// also when a row is one that changes_of() refuses.
bool are_plain_entries(const std::vector<Row>& rows);

Bytes row_entry_key(const TableSchema& table, ByteView key);
void set_row_entry_key(Bytes& out, const TableSchema& table, ByteView key);

// What the first kListPrefixSize bytes of an entry key name; `number` 0: rows.
struct EntryList {
  std::uint16_t table;
  std::uint8_t number;
};
inline EntryList list_of(ByteView entry_key) {
  return {static_cast<std::uint16_t>(entry_key[0] << 8 | entry_key[1]), entry_key[2]};
}

// Entries k with from <= k < to.
struct EntryRange {
  Bytes from;
  Bytes to;
};
EntryRange entry_range(const TableSchema& table, const ScanRange& range);

// The parts of an entry key that a scan found. Views into it, except an index value that had to be unescaped.
struct EntryParts {
  ByteView key;
  ByteView index_value;
};
// False: no such entry is ever written (damaged). `scratch` backs an unescaped index value.
bool parse_entry(ByteView entry_key, EntryParts& parts, Bytes& scratch);

}  // namespace icn::storage
