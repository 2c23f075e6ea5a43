#include "ledger/restore.h"

#include <algorithm>

#include "base/errors.h"
#include "codec/cbor_stream.h"
#include "crypto/durable_file.h"
#include "ledger/errors.h"
#include "ledger/pruning.h"
#include "ledger/state.h"
#include "ledger/verify.h"
#include "storage/record_space.h"

namespace icn::ledger {
namespace {

constexpr std::size_t kBatchRows = 5'000;
constexpr std::size_t kTailBlockBytesMax = 64 << 20;

Error differs(const std::string& what) { return Error(kSnapshotDiffers, what); }

Result<storage::IndexValues> index_values(const Rules& rules, const storage::TableSchema& table,
                                          ByteView record) {
  if (table.indexes.empty()) return storage::IndexValues();
  const auto found = std::ranges::find(rules.indexers, table.id, &TableIndexer::table);
  if (found == rules.indexers.end())
    return Error(errors::kInternal, "nobody knows the indexes of table " + table.name);
  return found->values(record);
}

// The first domain whose root is another one.
Result<void> compare(const std::vector<DomainRoot>& found, const std::vector<DomainRoot>& said) {
  if (found.size() != said.size()) return differs("the summary has other domains");
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!(found[i] == said[i]))
      return differs("the rows of domain " + found[i].name + " have not the root that was agreed");
  }
  return {};
}

Result<std::vector<TailBlock>> parse_tail(const std::vector<Bytes>& chunks) {
  std::vector<TailBlock> out;
  for (const Bytes& chunk : chunks) {
    ByteView rest = chunk;
    while (!rest.empty()) {
      ICN_TRY_ASSIGN(bytes, take_cbor_bytes(rest));
      if (bytes.size() > kTailBlockBytesMax) return differs("a block is too large");
      ICN_TRY_ASSIGN(block, codec::decode_record<TailBlock>(bytes));
      out.push_back(std::move(block));
    }
  }
  return out;
}

Result<crypto::Hash> to_hash(const Bytes& bytes) {
  crypto::Hash out;
  if (bytes.size() != out.size()) return differs("a hash of another length");
  std::ranges::copy(bytes, out.begin());
  return out;
}

std::string block_name(const BlockHeader& header) { return "block " + std::to_string(header.height); }

// Ids and transactions are those that the header names.
Result<void> check_block(const TailBlock& block, bool is_to_be_executed) {
  std::vector<crypto::Hash> ids;
  if (is_to_be_executed) {
    for (const StoredTransaction& each : block.transactions) ids.push_back(stored_id(each));
  }
  for (const codec::HexBytes& each : block.ids) {
    if (is_to_be_executed) return differs(block_name(block.header) + " has ids beside transactions");
    ICN_TRY_ASSIGN(id, to_hash(each.bytes));
    ids.push_back(id);
  }
  if (!is_to_be_executed && !block.transactions.empty())
    return differs(block_name(block.header) + " is older than the checkpoint and has transactions");
  if (to_bytes(merkle_root(ids)) != block.header.transactions_root.bytes)
    return differs(block_name(block.header) + ": transactions_root differs");
  return {};
}

Result<void> insert_tail(const ReceivedSnapshot& snapshot, storage::Store& store) {
  for (const TailBlock& block : snapshot.tail) {
    if (block.header.height > snapshot.manifest.summary.height) break;
    storage::RowBuffer rows(store);
    ICN_TRY(kHeaders.put(rows, block.header.height, block.header));
    for (std::uint32_t i = 0; i < block.ids.size(); ++i)
      ICN_TRY(kTransactionPlaces.put(rows, block.ids[i].bytes, {block.header.height, i}));
    ICN_TRY(store.write(rows.take(), storage::Durability::kBuffered));
  }
  return {};
}

// Executes the blocks after the checkpoint; each must become the one whose header was received.
Result<void> execute_tail(const ReceivedSnapshot& snapshot, const Rules& rules, storage::Store& store) {
  const CheckpointSummary& summary = snapshot.manifest.summary;
  const BlockExecutor executor(
      rules, [&](std::uint64_t) -> Result<crypto::Hash> { return checkpoint_root(summary); });
  Head head;
  for (const TailBlock& block : snapshot.tail) {
    const crypto::Hash hash = header_hash(block.header);
    if (block.header.height > summary.height) {
      std::vector<std::shared_ptr<const CheckedTransaction>> transactions;
      for (const StoredTransaction& each : block.transactions) {
        ICN_TRY_ASSIGN(transaction, admit_stored(rules, store, each));
        transactions.push_back(std::move(transaction));
      }
      ICN_TRY_ASSIGN(executed,
                     executor.execute(head, store, block.header.time, transactions, block.misconduct));
      if (executed.head.hash != hash)
        return differs(block_name(block.header) + " becomes another one from the snapshot's state");
      ICN_TRY(store.write(executed.rows, storage::Durability::kBuffered));
    }
    head = {block.header, hash};
  }
  return {};
}

}  // namespace

Result<void> load_rows(const std::string& folder, const Manifest& manifest, const Rules& rules,
                       const std::vector<storage::TableSchema>& tables, storage::Store& store) {
  StateDigest digest;
  const auto agreed = agreed_tables(tables);
  for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
    ICN_TRY_ASSIGN(bytes, read_chunk(folder, manifest.summary.epoch, chunk_name(false, i), manifest.rows[i]));
    std::vector<storage::Row> rows;
    ByteView rest = bytes;
    while (!rest.empty()) {
      const ByteView begin = rest;
      ICN_TRY_ASSIGN(item, take_state_item(rest));
      const auto table = std::ranges::find(agreed, item.table, &storage::TableSchema::id);
      if (table == agreed.end()) return differs("a row of table " + std::to_string(item.table));
      ICN_TRY(digest.add(item.table, item.key, crypto::sha256(begin.first(begin.size() - rest.size()))));
      ICN_TRY_ASSIGN(indexes, index_values(rules, **table, item.record));
      rows.push_back({*table, to_bytes(item.key), to_bytes(item.record), std::move(indexes), {}});
      if (rows.size() < kBatchRows) continue;
      ICN_TRY(store.write(rows, storage::Durability::kBuffered));
      rows.clear();
    }
    ICN_TRY(store.write(rows, storage::Durability::kBuffered));
  }
  return compare(digest.finish(), manifest.summary.domains);
}

Result<void> wipe(const Rules& rules, const std::vector<storage::TableSchema>& tables,
                  storage::Store& store) {
  for (const storage::TableSchema& table : tables) {
    if (table.id == kRestoring.schema().id) continue;
    while (true) {
      std::vector<storage::Row> rows;
      {
        ICN_TRY_ASSIGN(cursor, store.scan(table, {}));
        while (rows.size() < kBatchRows) {
          ICN_TRY_ASSIGN(more, cursor->next());
          if (!more) break;
          ICN_TRY_ASSIGN(record, cursor->record());
          ICN_TRY_ASSIGN(stale, index_values(rules, table, record));
          rows.push_back({&table, to_bytes(cursor->key()), std::nullopt, {}, std::move(stale)});
        }
      }
      if (rows.empty()) break;
      ICN_TRY(store.write(rows, storage::Durability::kBuffered));
    }
  }
  return {};
}

Result<SnapshotReceiver> SnapshotReceiver::begin(std::string folder, ByteView manifest, std::size_t chunks,
                                                 const crypto::Hash& trusted) {
  ICN_TRY_ASSIGN(read, codec::decode_record<Manifest>(manifest));
  if (read.tail.empty() || read.tail.size() + read.rows.size() != chunks)
    return Error(errors::kMalformed, "a manifest with another number of chunks");
  ICN_TRY_ASSIGN(writer, SnapshotWriter::begin(folder, read.summary.epoch));
  SnapshotReceiver out(std::move(writer));
  out.trusted_ = trusted;
  out.received_.folder = std::move(folder);
  out.received_.manifest = std::move(read);
  return out;
}

Result<bool> SnapshotReceiver::add(std::size_t index, ByteView chunk) {
  const Manifest& manifest = received_.manifest;
  const std::size_t count = manifest.tail.size() + manifest.rows.size();
  if (index != next_ || index >= count) return Error(errors::kMalformed, "a chunk out of order");
  const bool is_tail = index < manifest.tail.size();
  const SnapshotChunk& said = is_tail ? manifest.tail[index] : manifest.rows[index - manifest.tail.size()];
  if (to_bytes(crypto::sha256(chunk)) != said.hash.bytes)
    return Error(kWrongChunk, "chunk " + std::to_string(index) + " is not what the manifest says");
  if (is_tail) {
    tail_chunks_.push_back(to_bytes(chunk));
    if (index + 1 == manifest.tail.size()) ICN_TRY(check_tail());
  } else {
    ICN_TRY(add_rows(chunk));
  }
  if (++next_ < count) return false;
  ICN_TRY(finish());
  return true;
}

// Leads backwards from the trusted header to the checkpoint and to what is older.
Result<void> SnapshotReceiver::check_tail() {
  ICN_TRY_ASSIGN(blocks, parse_tail(tail_chunks_));
  const CheckpointSummary& summary = received_.manifest.summary;
  if (blocks.empty() || header_hash(blocks.back().header) != trusted_)
    return differs("its newest block is not the one that the validators signed");
  const BlockHeader& newest = blocks.back().header;
  if (newest.height != summary.height + kCheckpointDelay || !newest.checkpoint_root ||
      newest.checkpoint_root->bytes != to_bytes(checkpoint_root(summary))) {
    return differs("the summary of the checkpoint has not the root that block " +
                   std::to_string(newest.height) + " names");
  }
  bool has_checkpoint = false;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const BlockHeader& header = blocks[i].header;
    if (i > 0 && (header.height != blocks[i - 1].header.height + 1 ||
                  header.previous.bytes != to_bytes(header_hash(blocks[i - 1].header)))) {
      return differs(block_name(header) + " does not follow the one before it");
    }
    if (header.height == summary.height)
      has_checkpoint = to_bytes(header_hash(header)) == summary.header.bytes;
    ICN_TRY(check_block(blocks[i], header.height > summary.height));
  }
  if (!has_checkpoint) return differs("the block of the checkpoint is not the one that its summary names");
  received_.head = {newest, trusted_};
  received_.tail = std::move(blocks);
  return {};
}

Result<void> SnapshotReceiver::add_rows(ByteView chunk) {
  ByteView rest = chunk;
  while (!rest.empty()) {
    const ByteView begin = rest;
    auto item = take_state_item(rest);
    if (!item.ok()) return differs(item.error().detail());
    const ByteView bytes = begin.first(begin.size() - rest.size());
    const crypto::Hash hash = crypto::sha256(bytes);
    if (auto added = digest_.add(item->table, item->key, hash); !added.ok())
      return differs(added.error().detail());
    ICN_TRY(writer_.row(item->table, item->key, bytes, hash));
  }
  return {};
}

Result<void> SnapshotReceiver::finish() {
  Manifest& manifest = received_.manifest;
  ICN_TRY(compare(digest_.finish(), manifest.summary.domains));
  ICN_TRY_ASSIGN(own, writer_.finish(manifest.summary));
  manifest.rows = std::move(own.rows);
  return write_tail_chunks(received_.folder, manifest, tail_chunks_);
}

Result<void> restore_ledger(const ReceivedSnapshot& snapshot, const Rules& rules,
                            const std::vector<storage::TableSchema>& tables,
                            const std::vector<storage::Row>& extra, storage::Store& store) {
  const CheckpointSummary& summary = snapshot.manifest.summary;
  ICN_TRY_ASSIGN(genesis_header, kHeaders.get(store, 0));
  ICN_TRY_ASSIGN(genesis_body, kBodies.get(store, 0));
  if (!genesis_header || !genesis_body) return Error(kDamagedChain, "the store has no block 0");
  storage::StoreSpace marker(store, storage::Durability::kSynced);
  ICN_TRY(kRestoring.put(marker, kRestoringKey, {summary.height}));
  ICN_TRY(wipe(rules, tables, store));
  ICN_TRY(load_rows(snapshot.folder, snapshot.manifest, rules, tables, store));
  ICN_TRY(insert_tail(snapshot, store));
  ICN_TRY(execute_tail(snapshot, rules, store));
  storage::RowBuffer rows(store);
  ICN_TRY(kHeaders.put(rows, 0, *genesis_header));
  ICN_TRY(kBodies.put(rows, 0, *genesis_body));
  ICN_TRY(kPruned.put(rows, kPrunedKey, {summary.height}));
  ICN_TRY(kCheckpointSummaries.put(rows, summary.epoch, summary));
  ICN_TRY(kRestoring.erase(rows, kRestoringKey));
  std::vector<storage::Row> last = rows.take();
  last.insert(last.end(), extra.begin(), extra.end());
  return store.write(last, storage::Durability::kSynced);
}

}  // namespace icn::ledger
