#include "devnet/transfers.h"

#include <thread>

#include "base/errors.h"
#include "bench/temporary_folder.h"
#include "devnet/kvstore_network.h"
#include "devnet/members.h"
#include "devnet/peer_probe.h"

namespace icn::devnet {
namespace {

constexpr std::size_t kValidators = 4;
constexpr std::size_t kConnections = 64;  // to each
constexpr std::size_t kMembers = 256;
constexpr std::size_t kRateMax = 1'500;  // requests made for each second and node
constexpr std::uint64_t kWarmMs = 1'000;

struct Sum {
  std::uint64_t answers = 0;
  std::uint64_t errors = 0;
  std::string first_error;
  double per_second = 0;
  double p50_ms = 0;  // of the slowest node
};

// One closed loop to each port at the same time. Errors: of run_load.
Result<Sum> load_all(const std::vector<std::uint16_t>& ports,
                     const std::vector<std::vector<std::string>>& requests, std::uint64_t duration_ms) {
  std::vector<Result<bench::LoadResult>> results(ports.size(), Error(errors::kInternal, "not run"));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    threads.emplace_back([&, i] {
      bench::Load load;
      load.port = ports[i];
      load.connections = kConnections;
      load.duration_ms = duration_ms;
      load.requests = &requests[i];
      load.is_cyclic = false;
      results[i] = bench::run_load(load);
    });
  }
  for (std::thread& each : threads) each.join();
  Sum out;
  for (const auto& each : results) {
    if (!each.ok()) return each.error();
    out.answers += each->answers - std::min(each->answers, each->errors);
    out.errors += each->errors;
    if (out.first_error.empty()) out.first_error = each->first_error;
    out.p50_ms = std::max(out.p50_ms, each->p50_ms);
    out.per_second +=
        static_cast<double>(each->answers - std::min(each->answers, each->errors)) / each->seconds;
  }
  return out;
}

std::vector<std::vector<std::string>> dealt(const std::vector<std::string>& requests) {
  std::vector<std::vector<std::string>> out(kValidators);
  for (std::size_t i = 0; i < requests.size(); ++i) out[i % kValidators].push_back(requests[i]);
  return out;
}

Result<Sum> measure_ours(const bench::Bench& bench) {
  Control control;
  control.say = control.show = [](const std::string&) {};
  ICN_TRY_ASSIGN(folder, bench::TemporaryFolder::make());
  WorldOptions options;
  options.executable = bench.executable;
  options.folder = folder.path();
  options.nodes = options.validators = kValidators;
  ICN_TRY_ASSIGN(world, World::make(std::move(options), control));
  ICN_TRY(world->start(control));
  ICN_TRY(world->wait_until_ready(control));
  const std::vector<bench::Member> members = bench::make_members(kMembers);
  ICN_TRY(grant_start(*world, members));
  std::vector<std::uint16_t> ports;
  for (const NodePlan& each : world->nodes()) ports.push_back(each.http_port);
  const auto requests = [&](std::size_t seconds, std::uint64_t seed) {
    return dealt(bench::post_requests("/economics/mana/transfer?timeout=30",
                                      bench::sign_transfers(members, std::string(World::kNetwork),
                                                            seconds * kRateMax * kValidators, seed)));
  };
  ICN_TRY(load_all(ports, requests(1, 1), kWarmMs));
  return load_all(ports, requests(bench.seconds, 2), bench.seconds * 1'000);
}

Result<Sum> measure_kvstore(const bench::Bench& bench) {
  ICN_TRY_ASSIGN(folder, bench::TemporaryFolder::make());
  ICN_TRY_ASSIGN(network, KvstoreNetwork::start(folder.path(), kValidators));
  std::uint64_t next = 0;
  const auto requests = [&](std::size_t seconds) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < seconds * kRateMax * kValidators; ++i) {
      // As long as a signed transfer: bytes are gossiped and hashed too.
      const std::string value(400, 'v');
      out.push_back(bench::http_request(
          "GET", "/broadcast_tx_commit?tx=%22k" + std::to_string(++next) + "=" + value + "%22"));
    }
    return dealt(out);
  };
  ICN_TRY(load_all(network->ports(), requests(1), kWarmMs));
  return load_all(network->ports(), requests(bench.seconds), bench.seconds * 1'000);
}

}  // namespace

Result<void> run_transfers(const bench::Bench& bench) {
  ICN_TRY_ASSIGN(ours, measure_ours(bench));
  const auto kvstore = measure_kvstore(bench);
  std::string note = "p50 " + std::to_string(static_cast<int>(ours.p50_ms)) + " ms, 4 x 64 clients; ";
  std::optional<double> limit;
  if (kvstore.ok() && kvstore->answers > 0) {
    limit = kvstore->per_second;
    note += "kvstore p50 " + std::to_string(static_cast<int>(kvstore->p50_ms)) + " ms";
    if (kvstore->errors > 0)
      note += ", " + std::to_string(kvstore->errors) + " refused: " + kvstore->first_error;
  } else {
    note += kvstore.ok() ? "kvstore: " + kvstore->first_error : kvstore.error().detail();
  }
  bench::Row row = bench::peer_row(bench::TargetId::kFederationTransfers, ours.per_second, limit,
                                   note + "; " + bench::load_average());
  if (ours.errors > 0) {
    row.has_failed = true;
    row.note = std::to_string(ours.errors) + " failed: " + ours.first_error + "; " + row.note;
  }
  bench.add(row);
  return {};
}

const bench::Area& federation_area() {
  static constexpr bench::Area kArea{"federation", run_transfers,
                                     "signed transfers of four validators against CometBFT's own kvstore"};
  return kArea;
}

}  // namespace icn::devnet
