#pragma once

#include <map>
#include <memory>

#include "base/ids.h"
#include "codec/cid.h"

namespace icn::mesh {

// Blocks that coordinators have handed out, so that a module travels once. Kept for one coordinator each:
// that it once gave a block is what shows that its jobs may use it. Forgets what was not used for longest, in
// two halves. Thread: one.
class BlockCache {
 public:
  explicit BlockCache(std::size_t bytes_max) : half_bytes_max_(bytes_max / 2) {}

  std::shared_ptr<const Bytes> find(const Did& coordinator, const codec::Cid& cid) {
    const Key key(coordinator, cid);
    if (const auto found = young_.find(key); found != young_.end()) return found->second;
    const auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    auto block = found->second;
    put(coordinator, cid, block);
    return block;
  }

  void put(const Did& coordinator, const codec::Cid& cid, std::shared_ptr<const Bytes> block) {
    if (young_bytes_ + block->size() > half_bytes_max_) {
      old_ = std::move(young_);
      young_.clear();
      young_bytes_ = 0;
    }
    young_bytes_ += block->size();
    young_[Key(coordinator, cid)] = std::move(block);
  }

 private:
  using Key = std::pair<Did, codec::Cid>;

  const std::size_t half_bytes_max_;
  std::map<Key, std::shared_ptr<const Bytes>> young_;
  std::map<Key, std::shared_ptr<const Bytes>> old_;
  std::size_t young_bytes_ = 0;
};

}  // namespace icn::mesh
