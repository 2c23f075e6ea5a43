#include "bench/members.h"

#include <algorithm>
#include <thread>

#include "base/errors.h"
#include "bench/load_generator.h"
#include "crypto/key_text.h"
#include "ledger/transaction.h"

namespace icn::bench {
namespace {

constexpr TimestampSecs kLifetimeSecs = 590;  // ledger.lifetime_max_secs is 600

}  // namespace

std::vector<Member> make_members(std::size_t count) {
  std::vector<Member> members;
  members.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    SeededRandom random(0xC0'0B + i);
    crypto::SecretKey key = crypto::SecretKey::generate(random);
    Did did = crypto::did_key(key.public_key());
    KeyId method = crypto::did_key_method(key.public_key());
    members.push_back({std::move(key), std::move(did), std::move(method)});
  }
  return members;
}

Result<void> grant_start(const NodeProcess& node, const std::vector<Member>& members) {
  const std::string key_header = "X-API-Key: " + node.operator_key() + "\r\n";
  std::vector<std::string> requests;
  for (const Member& each : members) {
    requests.push_back(
        http_request("POST", "/economics/mana/grants", "{\"to\":\"" + each.did.text() + "\"}", key_header));
  }
  Load load;
  load.port = node.port();
  load.connections = std::min<std::size_t>(32, members.size());
  load.duration_ms = 60'000;
  load.requests = &requests;
  load.is_cyclic = false;
  ICN_TRY_ASSIGN(result, run_load(load));
  if (result.errors > 0) return Error(errors::kInternal, "a grant was refused: " + result.first_error);
  if (result.answers < members.size()) return Error(errors::kUnavailable, "grants took longer than 60 s");
  return {};
}

TimestampSecs expiry_of_orders() { return SystemClock().now_secs() + kLifetimeSecs; }

ledger::Transaction signed_transaction(const Member& member, const Order& order, codec::Json body,
                                       Random& random) {
  return ledger::make_signed({member.did, member.method, member.key}, order.network, order.type,
                             std::move(body), order.expires, random);
}

std::vector<std::string> sign_many(const std::vector<Member>& members, const Order& order, std::size_t count,
                                   const BodyOf& body) {
  std::vector<std::string> out(count);
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  const auto sign_part = [&](std::size_t part) {
    SeededRandom random(order.seed * 1'000 + part);
    for (std::size_t i = part; i < count; i += threads) {
      const Member& member = members[i % members.size()];
      out[i] = codec::write_json(codec::to_json(signed_transaction(member, order, body(i), random)));
    }
  };
  std::vector<std::thread> running;
  for (std::size_t part = 0; part < threads; ++part) running.emplace_back(sign_part, part);
  for (std::thread& each : running) each.join();
  return out;
}

std::vector<std::string> sign_transfers(const std::vector<Member>& members, const std::string& network,
                                        std::size_t count, std::uint64_t seed) {
  const Order order{network, "economics.transfer", expiry_of_orders(), seed};
  return sign_many(members, order, count, [&](std::size_t number) {
    const Did& to = members[(number + 1) % members.size()].did;
    return codec::Json::object({{"to", to.text()}, {"amount", codec::Json(codec::Json::Number{"0.001"})}});
  });
}

std::vector<std::string> post_requests(const std::string& target, const std::vector<std::string>& bodies) {
  std::vector<std::string> out;
  out.reserve(bodies.size());
  for (const std::string& body : bodies) out.push_back(http_request("POST", target, body));
  return out;
}

}  // namespace icn::bench
