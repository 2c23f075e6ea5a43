#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "ledger/ledger.h"

namespace icn::governance {

// The whole tree over the ballots of a vote that has closed: 64 bytes a ballot.
class BallotTree {
 public:
  explicit BallotTree(const std::vector<crypto::Hash>& leaves);

  std::uint64_t count() const { return count_; }
  crypto::Hash root() const;
  // As crypto::merkle_path(), in steps of the tree's height. `index` < count() (asserted).
  std::vector<crypto::Hash> path(std::uint64_t index) const;

 private:
  std::uint64_t count_;
  std::vector<std::vector<crypto::Hash>> levels_;  // the leaves first, the root last
};

// Trees of the votes that were asked for last: everybody may ask for receipts, and a million ballots take
// seconds to read. Thread: any.
class BallotTrees {
 public:
  static constexpr std::size_t kTreesMax = 4;

  // Of a vote that has closed: its log never changes. Two who ask at once read it once.
  Result<std::shared_ptr<const BallotTree>> get(const ledger::Reader& state, const std::string& vote_id);

 private:
  using Kept = std::pair<std::string, std::shared_ptr<const BallotTree>>;

  std::mutex mutex_;
  std::list<Kept> kept_;  // the one asked for last first
};

}  // namespace icn::governance
