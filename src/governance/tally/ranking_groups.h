#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace icn::governance::tally {

// Equal rankings, counted together: a hash table over bytes that lie one after the other.
class RankingGroups {
 public:
  struct Group {
    std::uint64_t offset = 0;   // of its ranking
    std::uint64_t members = 0;  // whose ranking it is
    std::uint8_t size = 0;
  };

  // `ranking`: 1 to 255 bytes.
  void add(std::string_view ranking, std::uint64_t members);

  std::size_t size() const { return groups_.size(); }
  const Group& at(std::size_t index) const { return groups_[index]; }
  // Valid until the next add().
  std::string_view ranking(const Group& group) const { return {bytes_.data() + group.offset, group.size}; }

 private:
  void grow();

  std::vector<Group> groups_;
  std::vector<char> bytes_;
  std::vector<std::uint32_t> slots_;  // index + 1 of a group; 0: free. A power of two, at most half full.
};

}  // namespace icn::governance::tally
