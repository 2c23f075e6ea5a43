#pragma once

#include "network/transport.h"

// Lists as icn_network.h writes them: one item a line.
namespace icn::network {

std::vector<std::string> lines(std::string_view text);
// "peer address" or "peer" a line; the addresses of one peer stand together.
std::vector<PeerAddresses> peers_of(const std::vector<std::string>& lines);

}  // namespace icn::network
