#include "ledger/state_digest.h"

#include <algorithm>

#include "base/errors.h"
#include "codec/cbor_stream.h"
#include "ledger/block.h"
#include "ledger/errors.h"
#include "ledger/state.h"

namespace icn::ledger {
namespace {

Result<std::uint64_t> head(ByteView& bytes, std::uint8_t kind) {
  if (bytes.empty() || bytes[0] >> 5 != kind) return Error(errors::kMalformed, "a row of a snapshot");
  const std::uint8_t size = bytes[0] & 0x1f;
  const std::size_t width = size < 24 ? 0 : size > 27 ? 9 : std::size_t{1} << (size - 24);
  if (width > 8 || bytes.size() < width + 1) return Error(errors::kMalformed, "a row of a snapshot");
  std::uint64_t value = size;
  if (width > 0) {
    value = 0;
    for (std::size_t i = 1; i <= width; ++i) value = value << 8 | bytes[i];
  }
  bytes = bytes.subspan(width + 1);
  return value;
}

}  // namespace

Result<ByteView> take_cbor_bytes(ByteView& bytes) {
  ICN_TRY_ASSIGN(size, head(bytes, 2));
  if (size > bytes.size()) return Error(errors::kMalformed, "a row of a snapshot is cut off");
  const ByteView out = bytes.first(size);
  bytes = bytes.subspan(size);
  return out;
}

std::vector<const storage::TableSchema*> agreed_tables(const std::vector<storage::TableSchema>& tables) {
  std::vector<const storage::TableSchema*> agreed;
  for (const auto& table : tables) {
    if (table.id < kAgreedTablesEnd) agreed.push_back(&table);
  }
  std::ranges::sort(agreed, {}, &storage::TableSchema::id);
  return agreed;
}

Bytes state_item(std::uint16_t table, ByteView key, ByteView record) {
  codec::CborWriter writer;
  writer.array(3);
  writer.unsigned_integer(table);
  writer.bytes(key);
  writer.bytes(record);
  return writer.take();
}

Result<StateItem> take_state_item(ByteView& bytes) {
  StateItem out;
  const ByteView all = bytes;
  ICN_TRY_ASSIGN(parts, head(bytes, 4));
  ICN_TRY_ASSIGN(table, head(bytes, 0));
  if (parts != 3 || table == 0 || table >= kAgreedTablesEnd)
    return Error(errors::kMalformed, "a row of a snapshot is of no table of the agreed state");
  out.table = static_cast<std::uint16_t>(table);
  ICN_TRY_ASSIGN(key, take_cbor_bytes(bytes));
  ICN_TRY_ASSIGN(record, take_cbor_bytes(bytes));
  out.key = key;
  out.record = record;
  // One form alone: the root is over these bytes.
  const Bytes canonical = state_item(out.table, out.key, out.record);
  if (!std::ranges::equal(canonical, all.first(all.size() - bytes.size())))
    return Error(errors::kMalformed, "a row of a snapshot is not in its canonical form");
  return out;
}

Result<void> StateDigest::add(std::uint16_t table, ByteView key, const crypto::Hash& item_hash) {
  if (table == 0 || table >= kAgreedTablesEnd)
    return Error(errors::kMalformed, "table " + std::to_string(table) + " is not of the agreed state");
  if (table < last_table_ || (table == last_table_ && !BytesLess()(last_key_, key)))
    return Error(errors::kMalformed, "rows out of order in table " + std::to_string(table));
  last_table_ = table;
  last_key_.assign(key.begin(), key.end());
  streams_[checkpoint_domain_of(table)].add(item_hash);
  return {};
}

std::vector<DomainRoot> StateDigest::finish() const {
  std::vector<DomainRoot> out;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    out.push_back(
        {std::string(kCheckpointDomains[i].name), {to_bytes(streams_[i].root())}, streams_[i].count()});
  }
  return out;
}

Result<CheckpointSummary> summarise(const Rules& rules, const Reader& state,
                                    const std::vector<storage::TableSchema>& tables,
                                    const BlockHeader& header, const SeeRow& see) {
  StateDigest digest;
  for (const storage::TableSchema* table : agreed_tables(tables)) {
    ICN_TRY_ASSIGN(rows, state.scan(*table, {}));
    while (true) {
      ICN_TRY_ASSIGN(more, rows->next());
      if (!more) break;
      ICN_TRY_ASSIGN(record, rows->record());
      const Bytes item = state_item(table->id, rows->key(), record);
      const crypto::Hash hash = crypto::sha256(ByteView(item));
      ICN_TRY(digest.add(table->id, rows->key(), hash));
      if (see) ICN_TRY(see(table->id, rows->key(), item, hash));
    }
  }
  CheckpointSummary out;
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(state));
  ICN_TRY_ASSIGN(network, kNetwork.get(state, "network"));
  if (!network) return Error(kDamagedChain, "the state has no network record");
  ICN_TRY_ASSIGN(previous, kCheckpoints.get(state, clock.epoch - 1));
  out.network = network->network;
  out.epoch = clock.epoch;
  out.height = header.height;
  out.time = header.time;
  out.header.bytes = to_bytes(header_hash(header));
  out.previous.bytes = previous ? previous->root.bytes : Bytes(32);
  out.domains = digest.finish();
  if (rules.economic_totals != nullptr) {
    ICN_TRY_ASSIGN(totals, rules.economic_totals(state));
    out.total = totals.total;
    out.locked = totals.locked;
    out.burned = totals.burned;
  }
  return out;
}

}  // namespace icn::ledger
