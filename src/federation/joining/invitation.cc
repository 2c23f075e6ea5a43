#include "federation/joining/invitation.h"

#include <algorithm>

#include "base/errors.h"
#include "http/web_url.h"
#include "network/libp2p/peer_table.h"
#include "network/peer_id.h"

namespace icn::federation {
namespace {

constexpr std::size_t kAddressBytesMax = 300;

bool is_on_this_machine(const std::string& url) {
  const auto parsed = http::parse_web_url(url);
  return parsed.ok() && http::is_loopback_name(parsed->host);
}

}  // namespace

std::vector<std::string> told_addresses(const std::vector<std::string>& own,
                                        const std::vector<std::string>& api) {
  const bool is_one_machine = std::ranges::all_of(api, is_on_this_machine);
  std::vector<std::string> out;
  for (const std::string& each : own) {
    if (out.size() == kPeerAddressesMax) break;
    if (is_one_machine || !network::is_loopback_host(network::host_of_address(each))) out.push_back(each);
  }
  return out;
}

Result<void> check_addresses(const Invitation& invitation) {
  for (const std::string& each : invitation.addresses) {
    if (!each.starts_with('/') || each.size() > kAddressBytesMax || network::peer_of_address(each).empty())
      return Error(errors::kMalformed, "addresses: must be as /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW...");
  }
  return {};
}

}  // namespace icn::federation
