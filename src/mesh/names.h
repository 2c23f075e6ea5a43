#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace icn::mesh {

// The longest name that others may choose: of a capability, a federation, a scope, a recipient.
inline constexpr std::size_t kNameBytesMax = 256;

inline bool are_bounded(const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [](const std::string& name) { return name.size() <= kNameBytesMax; });
}

}  // namespace icn::mesh
