#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/records.h"
#include "storage/errors.h"
#include "storage/keys.h"
#include "storage/record_space.h"
#include "storage/store.h"

// Typed tables, declared once by the domain that owns them:
//   inline const Table<Did, Account> kAccounts{10, "accounts"};
//   inline const Table<JobId, Job> kJobs{20, "mesh_jobs", {{"idx_jobs_status_created", &job_status_index}}};
// Reads take any Reader (store, snapshot, ledger view), writes any RecordSpace.
namespace icn::storage {

// How a record becomes bytes and back: for a described struct by its fields. What cannot be read is kCorrupt.
template <typename Record>
struct RecordCodec {
  static Bytes encode(const Record& record) { return codec::encode_record(record); }
  static Result<Record> decode(ByteView bytes) {
    auto record = codec::decode_record<Record>(bytes);
    if (!record) return Error(kCorrupt, record.error().detail());
    return record;
  }
};

// One declared index: its SQL name and the value a record has in it (none: the row is not in the index).
// The value should end in something unique (a time with an id) where pages must continue after a row.
template <typename Record>
struct Index {
  const char* name;
  std::optional<Bytes> (*value)(const Record&);
};

// All keys (or, with `index`, all index values) that begin with `prefix`.
inline ScanRange prefix_range(Bytes prefix, std::optional<std::size_t> index = {}, bool reverse = false) {
  Bytes to = after_prefix(prefix);
  return {index, std::move(prefix), std::move(to), reverse};
}

// The rows of a scan, decoded one by one. Must not outlive the Reader.
template <typename Record, typename Codec>
class Rows {
 public:
  explicit Rows(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  // None: no more rows.
  Result<std::optional<Record>> next() {
    ICN_TRY_ASSIGN(found, cursor_->next());
    if (!found) return std::optional<Record>();
    ICN_TRY_ASSIGN(bytes, cursor_->record());
    ICN_TRY_ASSIGN(record, Codec::decode(bytes));
    return std::optional<Record>(std::move(record));
  }
  ByteView key() const { return cursor_->key(); }
  ByteView index_value() const { return cursor_->index_value(); }

 private:
  std::unique_ptr<Cursor> cursor_;
};

// `Key` is a key part or a std::tuple of them (keys.h). Copies nothing, keeps no state; thread: any.
template <typename Key, typename Record, typename Codec = RecordCodec<Record>>
class Table {
 public:
  using KeyType = Key;
  using RecordType = Record;

  Table(std::uint16_t id, std::string name, std::initializer_list<Index<Record>> indexes = {})
      : schema_{id, std::move(name), {}}, indexes_(indexes) {
    for (const Index<Record>& index : indexes_) schema_.indexes.emplace_back(index.name);
  }

  const TableSchema& schema() const { return schema_; }

  Result<std::optional<Record>> get(const Reader& reader, const Key& key) const {
    ICN_TRY_ASSIGN(bytes, reader.get(schema_, key_of(key)));
    if (!bytes) return std::optional<Record>();
    ICN_TRY_ASSIGN(record, Codec::decode(*bytes));
    return std::optional<Record>(std::move(record));
  }

  Result<bool> contains(const Reader& reader, const Key& key) const {
    ICN_TRY_ASSIGN(bytes, reader.get(schema_, key_of(key)));
    return bytes.has_value();
  }

  // Sets the row, whether it exists or not. Reads the old row if the table has indexes.
  Result<void> put(RecordSpace& space, const Key& key, const Record& record) const {
    if (indexes_.empty()) return space.put(schema_, key_of(key), Codec::encode(record), {}, {});
    ICN_TRY_ASSIGN(old, get(space, key));
    return space.put(schema_, key_of(key), Codec::encode(record), index_values(record),
                     old ? index_values(*old) : IndexValues());
  }

  // The same without reading, for a caller who knows that there is no row or what it holds.
  Result<void> insert(RecordSpace& space, const Key& key, const Record& record) const {
    return space.put(schema_, key_of(key), Codec::encode(record), index_values(record), {});
  }
  Result<void> replace(RecordSpace& space, const Key& key, const Record& old, const Record& record) const {
    return space.put(schema_, key_of(key), Codec::encode(record), index_values(record), index_values(old));
  }

  Result<void> erase(RecordSpace& space, const Key& key) const {
    if (indexes_.empty()) return space.erase(schema_, key_of(key), {});
    ICN_TRY_ASSIGN(old, get(space, key));
    if (!old) return {};
    return space.erase(schema_, key_of(key), index_values(*old));
  }

  // Rows in order of key, or of (index value, key) when range.index is set.
  Result<Rows<Record, Codec>> scan(const Reader& reader, const ScanRange& range) const {
    ICN_TRY_ASSIGN(cursor, reader.scan(schema_, range));
    return Rows<Record, Codec>(std::move(cursor));
  }

  IndexValues index_values(const Record& record) const {
    IndexValues values;
    values.reserve(indexes_.size());
    for (const Index<Record>& index : indexes_) values.push_back(index.value(record));
    return values;
  }

 private:
  TableSchema schema_;
  std::vector<Index<Record>> indexes_;
};

// The schemas of all tables, for Engine::open. Two tables with one id or name, an index name used
// twice or more than 255 indexes in a table are programmer errors (abort).
class TableSet {
 public:
  template <typename... Tables>
  explicit TableSet(const Tables&... tables) {
    (add(tables.schema()), ...);
  }
  void add(const TableSchema& schema);
  const std::vector<TableSchema>& schemas() const { return schemas_; }

 private:
  std::vector<TableSchema> schemas_;
};

}  // namespace icn::storage
