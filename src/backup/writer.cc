#include "backup/writer.h"

#include <algorithm>

#include "backup/chunk.h"
#include "codec/values_struct.h"

namespace icn::backup {
namespace {

class Writer {
 public:
  Writer(WriterParts parts, const Take& take) : parts_(std::move(parts)), take_(take) {}

  Result<void> run() {
    for (const StoreView& store : parts_.stores) {
      StoreDescription description{store.name, store.engine, store.schema, {}};
      for (const auto* table : in_order(store.tables)) description.tables.push_back({table->id, table->name});
      parts_.begin.stores.push_back(std::move(description));
    }
    ICN_TRY(give(Entry::of(Kind::kBegin, {}, json_bytes(parts_.begin))));
    for (auto& [name, content] : parts_.files)
      ICN_TRY(give(Entry::of(Kind::kFile, name, std::move(content))));
    End end;
    for (const StoreView& store : parts_.stores) {
      StoreTotal total{store.name, 0, 0};
      for (const auto* table : in_order(store.tables)) ICN_TRY(write_table(store, *table, total));
      end.stores.push_back(std::move(total));
    }
    if (parts_.finish) parts_.finish(end);
    return give(Entry::of(Kind::kEnd, {}, json_bytes(end)));
  }

 private:
  template <typename T>
  static Bytes json_bytes(const T& value) {
    return to_bytes(as_bytes(codec::to_json_text(value)));
  }

  Result<void> write_table(const StoreView& store, const storage::TableSchema& table, StoreTotal& total) {
    ChunkBuilder chunk;
    ICN_TRY_ASSIGN(rows, store.reader->scan(table, {}));
    while (true) {
      ICN_TRY_ASSIGN(more, rows->next());
      if (!more) break;
      ICN_TRY_ASSIGN(record, rows->record());
      if (parts_.see) ICN_TRY(parts_.see(store, table.id, rows->key(), record));
      ++total.rows;
      total.bytes += rows->key().size() + record.size();
      if (chunk.add(rows->key(), record)) ICN_TRY(give_chunk(store, table, chunk));
    }
    return chunk.rows() > 0 ? give_chunk(store, table, chunk) : Result<void>();
  }

  Result<void> give_chunk(const StoreView& store, const storage::TableSchema& table, ChunkBuilder& chunk) {
    const std::uint64_t rows = chunk.rows();
    ICN_TRY_ASSIGN(payload, chunk.take());
    Entry entry = Entry::of(Kind::kChunk, store.name, std::move(payload));
    entry.table = table.id;
    entry.rows = rows;
    if (parts_.known != nullptr && parts_.known->contains(entry.hash)) {
      entry.kind = Kind::kKnown;
      entry.payload.clear();
    }
    ICN_TRY(give(std::move(entry)));
    return parts_.go_on ? parts_.go_on() : Result<void>();
  }

  Result<void> give(Entry entry) { return take_(entry); }

  WriterParts parts_;
  const Take& take_;
};

}  // namespace

std::vector<const storage::TableSchema*> in_order(const std::vector<storage::TableSchema>& tables) {
  std::vector<const storage::TableSchema*> out;
  for (const auto& table : tables) out.push_back(&table);
  std::ranges::sort(out, {}, &storage::TableSchema::id);
  return out;
}

Result<void> write_backup(WriterParts parts, const Take& take) {
  return Writer(std::move(parts), take).run();
}

}  // namespace icn::backup
