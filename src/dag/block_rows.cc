#include "dag/block_rows.h"

#include <algorithm>

#include "codec/link_walk.h"
#include "dag/errors.h"

namespace icn::dag {
namespace {

using ledger::key_of;
using ledger::prefix_range;

Result<std::optional<BlockMeta>> committed_meta(const Reader& reader, const Cid& cid) {
  ICN_TRY_ASSIGN(rows, kStaged.scan(reader, prefix_range(key_of(block_key(cid)))));
  while (true) {
    ICN_TRY_ASSIGN(staged, rows.next());
    if (!staged) return std::optional<BlockMeta>();
    ICN_TRY_ASSIGN(upload, kUploads.get(reader, staged->upload));
    if (!upload || !upload->is_committed) continue;
    BlockMeta meta = upload->meta;
    meta.size = staged->size;
    return std::optional<BlockMeta>(std::move(meta));
  }
}

Result<void> stop_waiting(Batch& batch, const Cid& cid) {
  ICN_TRY_ASSIGN(waits, kAwaited.contains(batch.view, block_key(cid)));
  return waits ? kAwaited.erase(batch.view, block_key(cid)) : Result<void>();
}

Result<void> check_links(const Batch& batch, const NewBlock& block, const PutOptions& options) {
  for (const Cid& link : block.links) {
    if (std::ranges::find(options.external, link) != options.external.end()) continue;
    ICN_TRY_ASSIGN(meta, find_meta(batch.view, link, true));
    if (meta) continue;
    return Error(kMissingLink,
                 link.to_string() + " is not held here; put it first, or name it in \"links\" as external");
  }
  return {};
}

// The block is held: only what makes it readable to more is taken over, and it waits for nothing any more.
Result<void> widen(Batch& batch, const Cid& cid, BlockMeta held, const BlockMeta& meta, const Did& reader) {
  ICN_TRY(stop_waiting(batch, cid));
  if (held.visibility == Visibility::kPublic) return {};
  if (meta.visibility == Visibility::kPublic) {
    held.visibility = Visibility::kPublic;
    batch.delta.altered.push_back(cid);
    return kBlockMeta.put(batch.view, block_key(cid), held);
  }
  for (const Did* did : {&meta.author, &reader}) {
    if (!did->empty() && *did != held.author) ICN_TRY(kReaders.put(batch.view, {block_key(cid), *did}, {}));
  }
  return {};
}

Result<void> insert_record(Batch& batch, const Cid& cid, const std::vector<Cid>& links, const BlockMeta& meta,
                           const Did& reader) {
  const Bytes key = block_key(cid);
  ICN_TRY(kBlockMeta.insert(batch.view, key, meta));
  if (!reader.empty() && reader != meta.author && meta.visibility == Visibility::kPrivate) {
    ICN_TRY(kReaders.insert(batch.view, {key, reader}, {}));
  }
  for (const Cid& link : links) ICN_TRY(kReferences.insert(batch.view, {block_key(link), key}, {}));
  batch.delta.blocks += 1;
  batch.delta.bytes += static_cast<std::int64_t>(meta.size);
  batch.delta.added.push_back(cid);
  return {};
}

Result<std::vector<Bytes>> keys_below(const Reader& reader, const storage::TableSchema& table, Bytes prefix) {
  ICN_TRY_ASSIGN(cursor, reader.scan(table, prefix_range(std::move(prefix))));
  std::vector<Bytes> keys;
  while (true) {
    ICN_TRY_ASSIGN(more, cursor->next());
    if (!more) return keys;
    keys.push_back(to_bytes(cursor->key()));
  }
}

}  // namespace

Result<std::optional<BlockMeta>> find_meta(const Reader& reader, const Cid& cid, bool with_uploads) {
  ICN_TRY_ASSIGN(meta, kBlockMeta.get(reader, block_key(cid)));
  if (meta || !with_uploads) return std::move(meta);
  return committed_meta(reader, cid);
}

Result<void> put_bytes(Batch& batch, const Cid& cid, ByteView bytes) {
  return batch.view.put(kBlocks, block_key(cid), to_bytes(bytes), {}, {});
}

Result<void> erase_bytes(Batch& batch, const Cid& cid) {
  return batch.view.erase(kBlocks, block_key(cid), {});
}

Result<bool> put_record(Batch& batch, const Cid& cid, const std::vector<Cid>& links, const BlockMeta& meta,
                        const Did& reader) {
  ICN_TRY_ASSIGN(held, kBlockMeta.get(batch.view, block_key(cid)));
  if (held) {
    ICN_TRY(widen(batch, cid, std::move(*held), meta, reader));
    return false;
  }
  ICN_TRY(insert_record(batch, cid, links, meta, reader));
  return true;
}

Result<bool> put_block(Batch& batch, const NewBlock& block, const PutOptions& options) {
  const BlockMeta meta = options.meta(block.bytes.size());
  ICN_TRY_ASSIGN(held, kBlockMeta.get(batch.view, block_key(block.cid)));
  if (held) {
    ICN_TRY(widen(batch, block.cid, std::move(*held), meta, options.reader));
    return false;
  }
  if (options.are_links_checked) ICN_TRY(check_links(batch, block, options));
  ICN_TRY(put_bytes(batch, block.cid, block.bytes));
  ICN_TRY(insert_record(batch, block.cid, block.links, meta, options.reader));
  return true;
}

Result<std::vector<Cid>> erase_block(Batch& batch, const Cid& cid) {
  const Bytes key = block_key(cid);
  ICN_TRY_ASSIGN(meta, kBlockMeta.get(batch.view, key));
  if (!meta) return std::vector<Cid>();
  ICN_TRY_ASSIGN(bytes, batch.view.get(kBlocks, key));
  std::vector<Cid> links;
  if (bytes) {
    auto block = trusted_block(cid, std::move(*bytes));
    if (block.ok()) links = std::move(block->links);  // a damaged block has none we could trust
  }
  for (const Cid& link : links) ICN_TRY(kReferences.erase(batch.view, {block_key(link), key}));
  ICN_TRY_ASSIGN(readers, keys_below(batch.view, kReaders.schema(), key_of(key)));
  for (Bytes& reader : readers) ICN_TRY(batch.view.erase(kReaders.schema(), std::move(reader), {}));
  ICN_TRY(kBlockMeta.erase(batch.view, key));
  ICN_TRY(stop_waiting(batch, cid));
  ICN_TRY_ASSIGN(staged, is_staged(batch.view, cid));
  if (!staged) ICN_TRY(erase_bytes(batch, cid));
  batch.delta.blocks -= 1;
  batch.delta.bytes -= static_cast<std::int64_t>(meta->size);
  batch.delta.removed.push_back(cid);
  return links;
}

Result<bool> is_staged(const Reader& reader, const Cid& cid) {
  ICN_TRY_ASSIGN(rows, kStaged.scan(reader, prefix_range(key_of(block_key(cid)))));
  ICN_TRY_ASSIGN(first, rows.next());
  return first.has_value();
}

Result<bool> may_read_row(const Reader& reader, const Cid& cid, const Did& did) {
  return kReaders.contains(reader, {block_key(cid), did});
}

}  // namespace icn::dag
