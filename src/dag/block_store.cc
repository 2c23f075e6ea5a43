#include "dag/block_store.h"

#include "dag/errors.h"

namespace icn::dag {
namespace {

constexpr std::size_t kReadersKnownMax = 16'384;

std::size_t memory_of(const std::vector<NewBlock>& blocks) {
  std::size_t bytes = 0;
  for (const NewBlock& block : blocks) bytes += block.bytes.size() + 300 + block.links.size() * 100;
  return bytes;
}

Result<void> put_all(Batch& batch, const std::vector<NewBlock>& blocks, const PutOptions& options,
                     const AlsoPut& also) {
  std::vector<std::size_t> new_blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    ICN_TRY_ASSIGN(is_new, put_block(batch, blocks[i], options));
    if (is_new) new_blocks.push_back(i);
  }
  return also ? also(batch, new_blocks) : Result<void>();
}

// A group may have added and removed the same block: what holds is whether it has a record now.
Result<TreeLog> tree_log(const ledger::View& view, const Delta& delta) {
  TreeLog log;
  for (const auto* cids : {&delta.added, &delta.removed}) {
    for (const Cid& cid : *cids) {
      Bytes key = block_key(cid);
      ICN_TRY_ASSIGN(is_held, kBlockMeta.contains(view, key));
      (is_held ? log.added : log.removed).push_back(std::move(key));
    }
  }
  return log;
}

BlockPtr identity_block(const Cid& cid, ByteView data) {
  BlockMeta meta;
  meta.visibility = Visibility::kPublic;
  meta.size = data.size();
  return std::make_shared<const Block>(Block{cid, std::move(meta), to_text(data)});
}

}  // namespace

Result<std::unique_ptr<BlockStore>> BlockStore::open(storage::Store& store, BlockStoreOptions options) {
  ICN_TRY_ASSIGN(totals, kTotals.get(store, kTotalsKey));
  return std::unique_ptr<BlockStore>(new BlockStore(store, options, totals.value_or(Totals())));
}

BlockStore::BlockStore(storage::Store& store, BlockStoreOptions options, Totals totals)
    : store_(store),
      cache_(options.cache_bytes_max),
      readers_(options.cache_bytes_max == 0 ? 0 : kReadersKnownMax),
      totals_(totals) {
  writer_ = std::make_unique<GroupWriter>(
      store,
      GroupWriter::Hooks{[this](ledger::View& view, const Delta& delta) { return finish(view, delta); },
                         [this](const Delta& delta) { committed(delta); }},
      options.writer);
}

Result<Cid> BlockStore::put(std::uint64_t codec, Bytes bytes, const PutOptions& options) {
  ICN_TRY_ASSIGN(block, make_block(codec, std::move(bytes)));
  const Cid cid = block.cid;
  std::vector<NewBlock> blocks;
  blocks.push_back(std::move(block));
  ICN_TRY(put_many(std::move(blocks), options));
  return cid;
}

Result<void> BlockStore::put_many(std::vector<NewBlock> blocks, const PutOptions& options, AlsoPut also) {
  const std::size_t bytes = memory_of(blocks);
  return writer_->run(bytes, [&](Batch& batch) { return put_all(batch, blocks, options, also); });
}

void BlockStore::put_later(Executor& executor, std::vector<NewBlock> blocks, PutOptions options, AlsoPut also,
                           GroupWriter::Done done) {
  const std::size_t bytes = memory_of(blocks);
  writer_->submit(
      executor, bytes,
      [blocks = std::move(blocks), options = std::move(options), also = std::move(also)](Batch& batch) {
        return put_all(batch, blocks, options, also);
      },
      std::move(done));
}

Result<BlockPtr> BlockStore::get(const Cid& named) const {
  const Cid cid = named.to_v1();
  if (const auto data = cid.inline_data()) return identity_block(cid, *data);
  std::uint64_t moment = 0;
  if (BlockPtr cached = cache_.find(cid, moment)) return cached;
  ICN_TRY_ASSIGN(block, load(cid));
  cache_.insert(block, moment);
  return block;
}

Result<BlockPtr> BlockStore::load(const Cid& cid) const {
  ICN_TRY_ASSIGN(held, meta(cid));
  if (!held) return Error(kBlockNotFound, cid.to_string() + " is not held here");
  ICN_TRY_ASSIGN(bytes, store_.get(kBlocks, block_key(cid)));
  if (!bytes) return Error(kBlockNotFound, cid.to_string() + " is not held here");
  if (!cid.verify(*bytes).ok()) return Error(kCorruptBlock, cid.to_string() + " is damaged on this node");
  return std::make_shared<const Block>(Block{cid, std::move(*held), to_text(*bytes)});
}

Result<std::optional<BlockMeta>> BlockStore::meta(const Cid& named) const {
  const Cid cid = named.to_v1();
  if (const auto data = cid.inline_data()) return std::optional(identity_block(cid, *data)->meta);
  if (unsettled_uploads_.load() == 0) return find_meta(store_, cid, false);
  const std::unique_ptr<storage::Reader> snapshot = store_.snapshot();
  return find_meta(*snapshot, cid, true);
}

Result<bool> BlockStore::has(const Cid& cid) const {
  ICN_TRY_ASSIGN(held, meta(cid));
  return held.has_value();
}

Result<void> BlockStore::erase(const Cid& named) {
  const Cid cid = named.to_v1();
  return writer_->run(300, [&cid](Batch& batch) -> Result<void> {
    ICN_TRY_ASSIGN(links, erase_block(batch, cid));
    static_cast<void>(links);
    if (batch.delta.removed.empty()) return Error(kBlockNotFound, cid.to_string() + " is not held here");
    return {};
  });
}

Result<void> BlockStore::share(std::vector<Cid> cids, const Did& did) {
  return writer_->run(cids.size() * 200, [&](Batch& batch) -> Result<void> {
    for (const Cid& cid : cids) {
      ICN_TRY_ASSIGN(held, find_meta(batch.view, cid.to_v1(), true));
      if (held) ICN_TRY(kReaders.put(batch.view, {block_key(cid.to_v1()), did}, {}));
    }
    return {};
  });
}

Result<bool> BlockStore::is_shared_with(const Cid& named, const Did& did) const {
  const Cid cid = named.to_v1();
  std::uint64_t moment = 0;
  if (readers_.knows(cid, did, moment)) return true;
  ICN_TRY_ASSIGN(is_shared, may_read_row(store_, cid, did));
  if (is_shared) readers_.insert(cid, did, moment);
  return is_shared;
}

Totals BlockStore::totals() const {
  const std::lock_guard lock(totals_mutex_);
  return totals_;
}

Result<void> BlockStore::finish(ledger::View& view, const Delta& delta) {
  ICN_TRY_ASSIGN(stored, kTotals.get(view, kTotalsKey));
  Totals now = stored.value_or(Totals());
  const Totals before = now;
  now.blocks += static_cast<std::uint64_t>(delta.blocks);
  now.bytes += static_cast<std::uint64_t>(delta.bytes);
  now.pins += static_cast<std::uint64_t>(delta.pins);
  if (!delta.added.empty() || !delta.removed.empty()) {
    ICN_TRY_ASSIGN(log, tree_log(view, delta));
    ICN_TRY(kTreeLog.insert(view, now.next_log++, log));
  }
  next_totals_ = now;
  return now == before ? Result<void>() : kTotals.put(view, kTotalsKey, now);
}

void BlockStore::committed(const Delta& delta) {
  if (!delta.removed.empty()) readers_.clear();
  for (const auto* cids : {&delta.removed, &delta.altered}) {
    for (const Cid& cid : *cids) cache_.forget(cid);
  }
  const std::lock_guard lock(totals_mutex_);
  totals_ = next_totals_;
}

}  // namespace icn::dag
