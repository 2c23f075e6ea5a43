#include "consensus/cometbft/engine_peers.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"
#include "codec/values.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {
namespace {

using codec::Json;

constexpr std::size_t kIdSize = 40;

const Json* at(const Json* json, std::string_view name) {
  return json != nullptr && json->object() != nullptr ? json->find(name) : nullptr;
}

std::string text_at(const Json* json, std::string_view name) {
  const Json* const found = at(json, name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

std::uint64_t number_at(const Json* json, std::string_view name) {
  const auto number = codec::read_uint64(Json::Number{text_at(json, name)});
  return number.ok() ? *number : 0;
}

bool flag_at(const Json* json, std::string_view name) {
  const Json* const found = at(json, name);
  return found != nullptr && found->boolean() != nullptr && *found->boolean();
}

// "tcp://0.0.0.0:26656" of an engine that is seen at `host`.
std::string reached_at(std::string listen, const std::string& host) {
  if (const std::size_t scheme = listen.find("://"); scheme != std::string::npos) listen.erase(0, scheme + 3);
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return host;
  const std::string said = listen.substr(0, colon);
  const bool is_any = said.empty() || said == "0.0.0.0" || said == "[::]";
  return (is_any ? host : said) + listen.substr(colon);
}

EnginePeer read_peer(const Json& json) {
  const Json* const node = at(&json, "node_info");
  return {text_at(node, "id"), text_at(node, "moniker"),
          reached_at(text_at(node, "listen_addr"), text_at(&json, "remote_ip")),
          !flag_at(&json, "is_outbound")};
}

}  // namespace

std::uint64_t agreed_height(std::vector<std::uint64_t> heights) {
  if (heights.empty()) return 0;
  std::ranges::sort(heights, std::greater<>());
  return heights[heights.size() / 3];
}

Result<EngineFacts> read_engine_facts(RpcClient& rpc) {
  EngineFacts out;
  ICN_TRY_ASSIGN(status, rpc.call("status"));
  const Json* const sync = at(&status, "sync_info");
  out.id = text_at(at(&status, "node_info"), "id");
  out.height = number_at(sync, "latest_block_height");
  out.is_catching_up = flag_at(sync, "catching_up");
  ICN_TRY_ASSIGN(net, rpc.call("net_info"));
  if (const Json* const peers = at(&net, "peers"); peers != nullptr && peers->array() != nullptr) {
    for (const Json& each : *peers->array()) out.peers.push_back(read_peer(each));
  }
  ICN_TRY_ASSIGN(state, rpc.call("dump_consensus_state"));
  std::vector<std::uint64_t> heights;
  if (const Json* const peers = at(&state, "peers"); peers != nullptr && peers->array() != nullptr) {
    for (const Json& each : *peers->array()) {
      // A peer works on the height after its newest block.
      const std::uint64_t next = number_at(at(at(&each, "peer_state"), "round_state"), "height");
      if (next > 0) heights.push_back(next - 1);
    }
  }
  const std::uint64_t others = agreed_height(std::move(heights));
  out.behind = others - std::min(others, out.height);
  return out;
}

Result<bool> meets_others(RpcClient& rpc) {
  ICN_TRY_ASSIGN(net, rpc.call("net_info"));
  if (number_at(&net, "n_peers") > 0) return true;
  ICN_TRY_ASSIGN(set, rpc.call("validators", "{}"));
  ICN_TRY_ASSIGN(status, rpc.call("status"));
  const std::string own = text_at(at(&status, "validator_info"), "address");
  const Json* const validators = at(&set, "validators");
  if (validators == nullptr || validators->array() == nullptr || number_at(&set, "total") != 1) return false;
  return !own.empty() && text_at(&validators->array()->front(), "address") == own;
}

Result<void> dial_engine_peers(RpcClient& rpc, const std::vector<std::string>& peers) {
  if (peers.empty()) return {};
  const Json parameters = Json::object({{"peers", Json::Array(peers.begin(), peers.end())},
                                        {"persistent", true},
                                        {"unconditional", false},
                                        {"private", false}});
  ICN_TRY(rpc.call("dial_peers", codec::write_json(parameters)));
  return {};
}

bool is_engine_address(std::string_view text) {
  constexpr std::size_t kHostSizeMax = 253;
  const std::size_t colon = text.rfind(':');
  if (text.size() <= kIdSize + 1 || text[kIdSize] != '@' || colon == std::string_view::npos) return false;
  const std::string_view id = text.substr(0, kIdSize);
  const bool is_id =
      std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!is_id || colon <= kIdSize + 1 || colon - kIdSize - 1 > kHostSizeMax) return false;
  const std::string_view host = text.substr(kIdSize + 1, colon - kIdSize - 1);
  const bool is_host = std::ranges::all_of(host, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
  const std::string_view port = text.substr(colon + 1);
  unsigned number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  return is_host && !port.empty() && read.ec == std::errc() && read.ptr == port.data() + port.size() &&
         number >= 1 && number <= 65'535;
}

}  // namespace icn::consensus
