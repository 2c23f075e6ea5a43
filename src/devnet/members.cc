#include "devnet/members.h"

#include <algorithm>

#include "base/errors.h"
#include "bench/load_generator.h"

namespace icn::devnet {

Result<void> grant_start(const World& world, const std::vector<bench::Member>& members) {
  const std::string header = "X-API-Key: " + world.operator_key(0) + "\r\n";
  std::vector<std::string> requests;
  const auto add = [&](const Did& did) {
    requests.push_back(bench::http_request("POST", "/economics/mana/grants?timeout=30",
                                           "{\"to\":\"" + did.text() + "\"}", header));
  };
  // The operator's node has had its own at the ledger's beginning.
  for (std::size_t i = 1; i < world.size(); ++i) add(world.nodes()[i].did);
  for (const bench::Member& each : members) add(each.did);
  if (requests.empty()) return {};
  bench::Load load;
  load.port = world.nodes().front().http_port;
  load.connections = std::min<std::size_t>(64, requests.size());
  load.duration_ms = 60'000;
  load.requests = &requests;
  load.is_cyclic = false;
  ICN_TRY_ASSIGN(result, bench::run_load(load));
  if (result.errors > 0) return Error(errors::kInternal, "a grant was refused: " + result.first_error);
  if (result.answers < requests.size()) {
    return Error(errors::kUnavailable, "start grants took longer than 60 s");
  }
  return {};
}

ledger::Transaction signed_transaction(const bench::Member& member, std::string type, codec::Json body,
                                       Random& random) {
  const bench::Order order{std::string(World::kNetwork), std::move(type), bench::expiry_of_orders()};
  return bench::signed_transaction(member, order, std::move(body), random);
}

}  // namespace icn::devnet
