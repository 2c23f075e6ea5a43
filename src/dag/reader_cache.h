#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/ids.h"
#include "codec/cid.h"

namespace icn::dag {

// Who was found to be allowed to read a private block beside its author. Who may not is asked each time: it
// may be let in at any moment. Thread: any.
class ReaderCache {
 public:
  // Pairs take some 200 bytes; all go when there are more. 0: keeps nothing.
  explicit ReaderCache(std::size_t pairs_max) : pairs_max_(pairs_max) {}

  // `moment` is to be handed to insert().
  bool knows(const codec::Cid& cid, const Did& did, std::uint64_t& moment) const {
    const std::lock_guard lock(mutex_);
    moment = moment_;
    return pairs_.contains(name_of(cid, did));
  }
  // Found in the store after knows() gave `moment`. Dropped when blocks have been removed since.
  void insert(const codec::Cid& cid, const Did& did, std::uint64_t moment) {
    const std::lock_guard lock(mutex_);
    if (moment != moment_ || pairs_max_ == 0) return;
    if (pairs_.size() >= pairs_max_) pairs_.clear();
    pairs_.insert(name_of(cid, did));
  }
  // After blocks were removed, and with them who may read them.
  void clear() {
    const std::lock_guard lock(mutex_);
    ++moment_;
    pairs_.clear();
  }

 private:
  static std::string name_of(const codec::Cid& cid, const Did& did) {
    return std::string(as_text(cid.bytes())) + did.text();
  }

  const std::size_t pairs_max_;
  mutable std::mutex mutex_;
  std::unordered_set<std::string> pairs_;
  std::uint64_t moment_ = 0;
};

}  // namespace icn::dag
