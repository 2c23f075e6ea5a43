#include "devnet/peer_probe.h"

#include <algorithm>

#include "base/errors.h"
#include "crypto/key_text.h"
#include "devnet/json_at.h"
#include "network/peer_id.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string peer_id_of(const NodePlan& node) { return network::peer_of_address(node.peer_address()).text(); }

// As the operator of a node.
Result<codec::Json> ask(const World& world, std::size_t node, const std::string& method,
                        const std::string& target, const std::string& body) {
  http::ClientRequest request;
  request.method = method;
  request.target = target;
  request.headers = {{"X-API-Key", world.operator_key(node)}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = body;
  ICN_TRY_ASSIGN(answer, world.client(node, 35'000).send(request));
  if (answer.status >= 300) {
    return Error(errors::kUnavailable, method + " " + target + " answers " + std::to_string(answer.status) +
                                           ": " + answer.body.substr(0, 200));
  }
  if (answer.body.empty()) return codec::Json();
  return codec::parse_json(answer.body);
}

Result<codec::Json> network_stats(const World& world, std::size_t node) {
  ICN_TRY_ASSIGN(answer, world.client(node, 5'000).get("/network/stats"));
  return codec::parse_json(answer.body);
}

}  // namespace

Result<PeerFigures> read_peer_figures(const World& world) {
  PeerFigures out;
  out.peers_min = world.size();
  std::size_t up = 0;
  for (std::size_t i = 0; i < world.size(); ++i) {
    if (!world.is_up(i)) continue;
    const auto stats = network_stats(world, i);
    if (!stats.ok()) return stats.error().within(world.nodes()[i].name);
    const auto count = [&](std::string_view path) {
      return static_cast<std::uint64_t>(number_at(*stats, path).value_or(0));
    };
    ++up;
    out.peers_min = std::min<std::size_t>(out.peers_min, count("peers"));
    out.messages_received += count("messages_received");
    out.bytes_sent += count("bytes_sent");
    out.heartbeats_received += count("gossip.received");
    out.heartbeats_missing += count("gossip.missing");
    if (const auto mean = number_at(*stats, "gossip.mean_ms")) {
      out.has_gossip = true;
      out.gossip_mean_ms += *mean;
      out.gossip_p95_ms = std::max(out.gossip_p95_ms, number_at(*stats, "gossip.p95_ms").value_or(0));
    }
  }
  if (up > 0) out.gossip_mean_ms /= static_cast<double>(up);
  return out;
}

Result<double> wait_for_peers(const World& world, Clock::time_point start, std::uint64_t timeout_ms,
                              const Control& control) {
  const Clock::time_point called = Clock::now();
  std::size_t fewest = 0;
  while (!control.is_stopping) {
    const auto figures = read_peer_figures(world);
    if (figures.ok()) fewest = figures->peers_min;
    if (figures.ok() && fewest + 1 >= world.size()) return ms_since(start) / 1000;
    control.show("finding peers: " + std::to_string(fewest) + " of " + std::to_string(world.size() - 1));
    if (ms_since(called) > static_cast<double>(timeout_ms)) break;
    if (!control.pause_ms(50)) break;
  }
  return Error(errors::kUnavailable, "a node had found only " + std::to_string(fewest) + " of " +
                                         std::to_string(world.size() - 1) + " peers after " +
                                         std::to_string(timeout_ms / 1000) + " s");
}

ConnectionSetup measure_connection_setup(const World& world, const Control& control) {
  ConnectionSetup out;
  for (std::size_t i = 1; i < world.size() && !control.is_stopping; ++i) {
    const NodePlan& other = world.nodes()[i - 1];
    const auto gone = ask(world, i, "DELETE", "/network/peers/" + peer_id_of(other), "");
    // Until the other end has noticed: else it is a second connection that is made.
    if (!control.pause_ms(200)) break;
    const Clock::time_point start = Clock::now();
    const auto here = ask(world, i, "POST", "/network/peers",
                          codec::write_json(codec::Json::object({{"address", other.peer_address()}})));
    const double time_ms = ms_since(start);
    if (gone.ok() && here.ok()) {
      out.times_ms.push_back(time_ms);
    } else if (out.failures++ == 0) {
      out.first_failure = gone.ok() ? here.error().detail() : gone.error().detail();
    }
  }
  return out;
}

DhtQueries measure_dht(const World& world, const Control& control) {
  DhtQueries out;
  for (std::size_t i = 0; i < world.size(); ++i) {
    for (std::size_t k = 0; k < world.size(); ++k) {
      if (i == k || control.is_stopping) continue;
      const std::string wanted = peer_id_of(world.nodes()[k]);
      ++out.asked;
      const auto answer = ask(world, i, "POST", "/network/discover",
                              codec::write_json(codec::Json::object({{"peer_id", wanted}})));
      const codec::Json* found = answer.ok() ? answer->find("found") : nullptr;
      const codec::Json::Array* items = found != nullptr ? found->array() : nullptr;
      const bool is_found = items != nullptr && std::ranges::any_of(*items, [&](const codec::Json& each) {
                              return text_at(each, "peer_id") == wanted;
                            });
      if (is_found) {
        ++out.answered;
      } else if (out.first_failure.empty()) {
        out.first_failure = world.nodes()[i].name + " looked for " + world.nodes()[k].name + ": " +
                            (answer.ok() ? "not in the answer" : answer.error().detail());
      }
    }
  }
  return out;
}

}  // namespace icn::devnet
