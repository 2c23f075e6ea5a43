#pragma once

#include <map>
#include <string>
#include <tuple>

#include "codec/values.h"
#include "storage/keys.h"
#include "storage/tables.h"

// Rows as JSON, for SQL engines to show beside the bytes. Nothing reads them back.
namespace icn::storage {

// JSON texts: an array of the parts of the key, and the record.
struct ReadableRow {
  std::string key;
  std::string record;
};
using Readable = ReadableRow (*)(ByteView key, ByteView record);
// By the name of the table; those that are not in it are shown as bytes only.
using ReadableTables = std::map<std::string, Readable>;

// Append one part of a key: text as it is (bytes that are no UTF-8: hexadecimal); a number as one, or as text
// where a double would not hold it.
void append_readable_text(std::string& out, ByteView text);
void append_readable_number(std::string& out, std::uint64_t number);
void append_readable_number(std::string& out, std::int64_t number);

// Takes a part off `key`; "null", with `key` emptied, when there is none of this type.
template <typename Part>
void take_readable_part(std::string& out, ByteView& key) {
  if (out.back() != '[') out += ',';
  if constexpr (std::is_same_v<Part, Descending> || std::is_same_v<Part, std::int64_t> || KeyNumber<Part>) {
    Part number{};
    if (take_key_part(key, number)) {
      if constexpr (std::is_same_v<Part, Descending>) return append_readable_number(out, number.value);
      if constexpr (std::is_same_v<Part, std::int64_t>) return append_readable_number(out, number);
      if constexpr (KeyNumber<Part>) return append_readable_number(out, static_cast<std::uint64_t>(number));
    }
  } else {
    Bytes text;
    if (take_key_text(key, text)) return append_readable_text(out, text);
  }
  out += "null";
  key = {};
}

template <typename Key>
struct ReadableKey {
  static void take(std::string& out, ByteView key) { take_readable_part<Key>(out, key); }
};
template <typename... Parts>
struct ReadableKey<std::tuple<Parts...>> {
  static void take(std::string& out, ByteView key) { (take_readable_part<Parts>(out, key), ...); }
};

template <typename Key, typename Record, typename Codec>
ReadableRow readable_row(ByteView key, ByteView record) {
  ReadableRow out;
  out.key = "[";
  ReadableKey<Key>::take(out.key, key);
  out.key += ']';
  const auto decoded = Codec::decode(record);
  out.record = decoded.ok() ? codec::to_json_text(*decoded) : "null";
  return out;
}

template <typename Key, typename Record, typename Codec>
void add_readable(ReadableTables& out, const Table<Key, Record, Codec>& table) {
  out.emplace(table.schema().name, &readable_row<Key, Record, Codec>);
}
template <typename... Tables>
ReadableTables readable_tables(const Tables&... tables) {
  ReadableTables out;
  (add_readable(out, tables), ...);
  return out;
}

// Null: the table has no such form.
inline Readable readable_of(const ReadableTables& tables, const TableSchema& table) {
  const auto found = tables.find(table.name);
  return found == tables.end() ? nullptr : found->second;
}

}  // namespace icn::storage
