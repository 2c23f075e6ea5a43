#pragma once

#include <span>
#include <string>
#include <vector>

namespace icn::devnet {

// One row of node_settings.def.
struct NodeSetting {
  const char* key;
  const char* value;
  const char* why;
};
std::span<const NodeSetting> node_settings();

// The same as flags, "--http.threads=1", and `more` after them: a later flag of the same key wins.
std::vector<std::string> lean_flags(const std::vector<std::string>& more);

}  // namespace icn::devnet
