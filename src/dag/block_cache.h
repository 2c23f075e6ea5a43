#pragma once

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

#include "dag/block.h"

namespace icn::dag {

// Blocks that were read lately, in shards of their own lock each; the least recently used go first.
// Thread: any.
class BlockCache {
 public:
  // 0: keeps nothing.
  explicit BlockCache(std::size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

  // Null: not here. `moment` is to be handed to insert().
  BlockPtr find(const Cid& cid, std::uint64_t& moment);
  // Takes a block read from the store after find() gave `moment`. Dropped when its shard has forgotten
  // something since: what was read may be out of date.
  void insert(BlockPtr block, std::uint64_t moment);
  // After a change is durable.
  void forget(const Cid& cid);

 private:
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {
    std::mutex mutex;
    std::list<BlockPtr> by_use;  // the latest first
    std::unordered_map<Cid, std::list<BlockPtr>::iterator> places;
    std::size_t bytes = 0;
    std::uint64_t moment = 0;
  };

  Shard& shard_of(const Cid& cid) { return shards_[std::hash<Cid>{}(cid) >> 7 & (kShards - 1)]; }
  static std::size_t cost(const Block& block) { return block.bytes.size() + 400; }

  std::size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace icn::dag
