#include "base/errors.h"
#include "base/random.h"
#include "bench/area.h"
#include "bench/members.h"
#include "bench/temporary_folder.h"
#include "codec/cid.h"
#include "codec/values.h"

namespace icn::bench {
namespace {

constexpr std::size_t kMembers = 64;
constexpr std::size_t kBlockBytes = 1'024;
constexpr std::size_t kRateMax = 25'000;  // blocks made for each second of a run
constexpr std::size_t kRead = 1'000;      // different blocks that are read

// A member's API key; the node acts for it.
Result<std::string> api_key(const NodeProcess& node, const Member& member) {
  const auto body =
      codec::Json::object({{"label", "bench"}, {"dids", codec::Json::array({member.did.text()})}});
  ICN_TRY_ASSIGN(made, node.post("/system/api-keys", codec::write_json(body)));
  const codec::Json* key = made.find("key");
  if (key != nullptr && key->string() != nullptr) return *key->string();
  return Error(errors::kInternal, "no API key was made");
}

// Requests that put blocks nobody has put before, by the members in turn; notes their CIDs.
std::vector<std::string> put_requests(const std::vector<std::string>& keys, std::size_t count,
                                      std::string_view visibility, std::uint64_t seed,
                                      std::vector<codec::Cid>* cids) {
  SeededRandom random(seed);
  std::vector<std::string> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes block = random.bytes(kBlockBytes);
    if (cids != nullptr) cids->push_back(codec::Cid::of(codec::kRaw, block));
    const codec::Json body =
        codec::Json::object({{"data", codec::to_json(block)}, {"visibility", codec::Json(visibility)}});
    out.push_back(http_request("POST", "/dag/blocks", codec::write_json(body),
                               "X-API-Key: " + keys[i % keys.size()] + "\r\n"));
  }
  return out;
}

Result<Row> measure(TargetId id, const Bench& bench, const NodeProcess& node,
                    const std::vector<std::string>& requests, bool is_cyclic) {
  Load load;
  load.port = node.port();
  load.connections = 64;
  load.duration_ms = bench.seconds * 1'000;
  load.requests = &requests;
  load.is_cyclic = is_cyclic;
  const double before = node.cpu_secs();
  ICN_TRY_ASSIGN(result, run_load(load));
  const std::string note =
      latency_note(result) + cpu_note(node.cpu_secs() - before, result.answers) + "; " + load_average();
  return with_errors(fixed_row(id, result.per_second, note), result);
}

}  // namespace

Result<void> run_dag(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  const std::vector<Member> members = make_members(kMembers);
  ICN_TRY(grant_start(*node, members));
  std::vector<std::string> keys;
  for (const Member& each : members) {
    ICN_TRY_ASSIGN(key, api_key(*node, each));
    keys.push_back(std::move(key));
  }
  const auto puts = put_requests(keys, bench.seconds * kRateMax, "private", 1, nullptr);
  ICN_TRY_ASSIGN(put, measure(TargetId::kDagPut, bench, *node, puts, false));
  bench.add(put);

  std::vector<codec::Cid> cids;
  const auto public_puts = put_requests(keys, kRead, "public", 2, &cids);
  Load load;
  load.port = node->port();
  load.duration_ms = 60'000;
  load.requests = &public_puts;
  load.is_cyclic = false;
  ICN_TRY_ASSIGN(stored, run_load(load));
  if (stored.errors > 0) return Error(errors::kInternal, "a block was refused: " + stored.first_error);
  std::vector<std::string> gets;
  for (const codec::Cid& cid : cids) {
    gets.push_back(
        http_request("GET", "/ipfs/" + cid.to_string(), {}, "Accept: application/vnd.ipld.raw\r\n"));
  }
  ICN_TRY_ASSIGN(get, measure(TargetId::kDagGet, bench, *node, gets, true));
  bench.add(get);
  return {};
}

}  // namespace icn::bench
