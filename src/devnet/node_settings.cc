#include "devnet/node_settings.h"

#include <algorithm>

namespace icn::devnet {
namespace {

constexpr NodeSetting kSettings[] = {
#define NODE_SETTING(key, value, why) {key, value, why},
#include "devnet/node_settings.def"
#undef NODE_SETTING
};

std::string key_of(const std::string& flag) { return flag.substr(0, flag.find('=')); }

}  // namespace

std::span<const NodeSetting> node_settings() { return kSettings; }

std::vector<std::string> lean_flags(const std::vector<std::string>& more) {
  std::vector<std::string> out;
  for (const NodeSetting& each : kSettings) {
    const std::string key = std::string("--") + each.key;
    const bool is_given =
        std::ranges::any_of(more, [&](const std::string& flag) { return key_of(flag) == key; });
    if (!is_given) out.push_back(key + "=" + each.value);
  }
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace icn::devnet
