#include "dag/block_cache.h"

namespace icn::dag {

BlockPtr BlockCache::find(const Cid& cid, std::uint64_t& moment) {
  Shard& shard = shard_of(cid);
  const std::lock_guard lock(shard.mutex);
  moment = shard.moment;
  const auto found = shard.places.find(cid);
  if (found == shard.places.end()) return nullptr;
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
  return *found->second;
}

void BlockCache::insert(BlockPtr block, std::uint64_t moment) {
  const std::size_t size = cost(*block);
  if (size > shard_bytes_max_) return;
  Shard& shard = shard_of(block->cid);
  const std::lock_guard lock(shard.mutex);
  if (shard.moment != moment || shard.places.contains(block->cid)) return;
  while (shard.bytes + size > shard_bytes_max_) {
    shard.bytes -= cost(*shard.by_use.back());
    shard.places.erase(shard.by_use.back()->cid);
    shard.by_use.pop_back();
  }
  shard.bytes += size;
  shard.by_use.push_front(block);
  shard.places.emplace(block->cid, shard.by_use.begin());
}

void BlockCache::forget(const Cid& cid) {
  Shard& shard = shard_of(cid);
  const std::lock_guard lock(shard.mutex);
  ++shard.moment;
  const auto found = shard.places.find(cid);
  if (found == shard.places.end()) return;
  shard.bytes -= cost(**found->second);
  shard.by_use.erase(found->second);
  shard.places.erase(found);
}

}  // namespace icn::dag
