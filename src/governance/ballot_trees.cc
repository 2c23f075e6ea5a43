#include "governance/ballot_trees.h"

#include <algorithm>

#include "base/assert.h"
#include "governance/audit.h"

namespace icn::governance {

BallotTree::BallotTree(const std::vector<crypto::Hash>& leaves) : count_(leaves.size()) {
  std::vector<crypto::Hash> level;
  level.reserve(leaves.size());
  for (const crypto::Hash& leaf : leaves) level.push_back(crypto::merkle_leaf(leaf));
  while (level.size() > 1) {
    std::vector<crypto::Hash> above;
    above.reserve(level.size() / 2 + 1);
    for (std::size_t i = 0; i + 1 < level.size(); i += 2)
      above.push_back(crypto::merkle_node(level[i], level[i + 1]));
    if (level.size() % 2 == 1) above.push_back(level.back());
    levels_.push_back(std::move(level));
    level = std::move(above);
  }
  levels_.push_back(std::move(level));
}

crypto::Hash BallotTree::root() const {
  return count_ == 0 ? crypto::merkle_root({}) : levels_.back().front();
}

std::vector<crypto::Hash> BallotTree::path(std::uint64_t index) const {
  ICN_ASSERT(index < count_);
  std::vector<crypto::Hash> out;
  for (const auto& level : levels_) {
    const std::uint64_t sibling = index ^ 1;
    if (sibling < level.size()) out.push_back(level[sibling]);
    index /= 2;
  }
  return out;
}

Result<std::shared_ptr<const BallotTree>> BallotTrees::get(const ledger::Reader& state,
                                                           const std::string& vote_id) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, vote_id, &Kept::first);
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return kept_.front().second;
  }
  ICN_TRY_ASSIGN(leaves, leaves_of(state, vote_id));
  kept_.emplace_front(vote_id, std::make_shared<const BallotTree>(leaves));
  if (kept_.size() > kTreesMax) kept_.pop_back();
  return kept_.front().second;
}

}  // namespace icn::governance
