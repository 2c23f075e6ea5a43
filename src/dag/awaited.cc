#include "dag/awaited.h"

#include "dag/errors.h"
#include "dag/pins.h"

namespace icn::dag {
namespace {

Result<bool> is_linked_to(const Reader& reader, const Cid& cid) {
  ICN_TRY_ASSIGN(rows, kReferences.scan(reader, ledger::prefix_range(ledger::key_of(block_key(cid)))));
  ICN_TRY_ASSIGN(first, rows.next());
  return first.has_value();
}

Result<void> settle(Batch& batch, const Cid& cid, const Bytes& transaction, bool is_named,
                    TimestampSecs now) {
  const Bytes key = block_key(cid);
  ICN_TRY_ASSIGN(row, kAwaited.get(batch.view, key));
  if (!row || row->transaction != transaction) return {};
  ICN_TRY(kAwaited.erase(batch.view, key));
  if (is_named) return {};
  ICN_TRY_ASSIGN(pin, pinned(batch.view, cid, now));
  if (pin != Pinned::kNo) return {};
  ICN_TRY_ASSIGN(is_linked, is_linked_to(batch.view, cid));
  if (is_linked) return {};
  ICN_TRY_ASSIGN(links, erase_block(batch, cid));
  static_cast<void>(links);  // they were there before, or wait themselves
  return {};
}

Result<void> settle_all(Batch& batch, const std::vector<Cid>& cids, const Bytes& transaction, bool is_named,
                        TimestampSecs now) {
  for (const Cid& cid : cids) ICN_TRY(settle(batch, cid, transaction, is_named, now));
  return {};
}

constexpr std::size_t kBytesOfSettling = 200;

}  // namespace

void put_awaited(BlockStore& store, Executor& executor, std::vector<NewBlock> blocks, PutOptions options,
                 Awaited awaited, GroupWriter::Done done) {
  std::vector<Bytes> keys;
  for (const NewBlock& block : blocks) keys.push_back(block_key(block.cid));
  store.put_later(
      executor, std::move(blocks), std::move(options),
      [keys = std::move(keys), awaited = std::move(awaited)](
          Batch& batch, std::span<const std::size_t> new_blocks) -> Result<void> {
        for (const std::size_t i : new_blocks) ICN_TRY(kAwaited.put(batch.view, keys[i], awaited));
        return {};
      },
      std::move(done));
}

void settle_awaited(BlockStore& store, Executor& executor, std::vector<Cid> cids, const Bytes& transaction,
                    bool is_named, TimestampSecs now, GroupWriter::Done done) {
  const std::size_t bytes = cids.size() * kBytesOfSettling;
  store.writer().submit(
      executor, bytes,
      [cids = std::move(cids), transaction, is_named, now](Batch& batch) {
        return settle_all(batch, cids, transaction, is_named, now);
      },
      std::move(done));
}

Result<void> settle_awaited(BlockStore& store, const std::vector<Cid>& cids, const Bytes& transaction,
                            bool is_named, TimestampSecs now) {
  return store.writer().run(cids.size() * kBytesOfSettling, [&](Batch& batch) {
    return settle_all(batch, cids, transaction, is_named, now);
  });
}

Result<std::vector<AwaitedBlock>> list_awaited(const Reader& reader) {
  std::vector<AwaitedBlock> out;
  ICN_TRY_ASSIGN(rows, kAwaited.scan(reader, {}));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    ByteView key = rows.key();
    Bytes bytes;
    if (!storage::take_key_part(key, bytes)) return Error(kCorruptBlock, "a block that waits has no key");
    ICN_TRY_ASSIGN(cid, Cid::from_bytes(bytes));
    out.push_back({std::move(cid), std::move(*row)});
  }
}

}  // namespace icn::dag
