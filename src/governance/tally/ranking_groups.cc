#include "governance/tally/ranking_groups.h"

#include <cstring>

#include "base/assert.h"

namespace icn::governance::tally {
namespace {

// Mixes eight bytes at a time; the multiplier is that of the golden ratio.
std::uint64_t hash_of(std::string_view bytes) {
  constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;
  std::uint64_t hash = bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t taken = bytes.size() < sizeof word ? bytes.size() : sizeof word;
    std::memcpy(&word, bytes.data(), taken);
    bytes.remove_prefix(taken);
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 32;
  }
  return hash * kMultiplier >> 20;
}

}  // namespace

void RankingGroups::add(std::string_view ranking, std::uint64_t members) {
  ICN_ASSERT(!ranking.empty() && ranking.size() <= 255);
  if (2 * (groups_.size() + 1) > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_of(ranking) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    Group& group = groups_[slots_[slot] - 1];
    if (this->ranking(group) == ranking) {
      group.members += members;
      return;
    }
  }
  ICN_ASSERT(groups_.size() < 0xffffffff);
  Group group;
  group.offset = bytes_.size();
  group.size = static_cast<std::uint8_t>(ranking.size());
  group.members = members;
  bytes_.insert(bytes_.end(), ranking.begin(), ranking.end());
  groups_.push_back(group);
  slots_[slot] = static_cast<std::uint32_t>(groups_.size());
}

void RankingGroups::grow() {
  std::vector<std::uint32_t> slots(slots_.empty() ? 64 : 2 * slots_.size());
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    std::size_t slot = hash_of(ranking(groups_[i])) & mask;
    while (slots[slot] != 0) slot = (slot + 1) & mask;
    slots[slot] = static_cast<std::uint32_t>(i + 1);
  }
  slots_ = std::move(slots);
}

}  // namespace icn::governance::tally
