#include "network/libp2p/lists.h"

#include <algorithm>

namespace icn::network {

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<PeerAddresses> peers_of(const std::vector<std::string>& lines) {
  std::vector<PeerAddresses> out;
  for (const std::string& line : lines) {
    const std::size_t space = line.find(' ');
    const PeerId peer(line.substr(0, space));
    if (out.empty() || out.back().id != peer) out.push_back({peer, {}});
    if (space != std::string::npos) out.back().addresses.push_back(line.substr(space + 1));
  }
  return out;
}

}  // namespace icn::network
