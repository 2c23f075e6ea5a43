#include <algorithm>

#include "bench/area.h"
#include "bench/load_generator.h"
#include "bench/members.h"
#include "bench/postgres.h"
#include "bench/temporary_folder.h"

namespace icn::bench {
namespace {

constexpr std::size_t kMembers = 256;
constexpr std::size_t kRateMax = 45'000;  // transactions signed for each second of a run
const char* const kPath = "/economics/mana/transfer";

// Posts transfers nobody has sent before, as fast as they are answered or at `rate`.
struct Transfers {
  const NodeProcess& node;
  const std::vector<Member>& members;
  std::string network;
  std::size_t seconds;
  std::uint64_t seed = 0;
  std::string note = {};  // of the last run

  Result<LoadResult> run(std::size_t connections, std::uint64_t rate) {
    const std::size_t count = seconds * (rate == 0 ? kRateMax : rate);
    const auto requests = post_requests(kPath, sign_transfers(members, network, count, ++seed));
    Load load;
    load.connections = connections;
    load.duration_ms = seconds * 1'000;
    load.rate_per_second = rate;
    load.requests = &requests;
    return run_once(node, std::move(load), note);
  }
};

}  // namespace

Result<void> run_ledger(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  const std::vector<Member> members = make_members(kMembers);
  ICN_TRY(grant_start(*node, members));
  ICN_TRY_ASSIGN(network, node->ask("/system/info", "network_id"));
  Transfers transfers{*node, members, network, bench.seconds};
  ICN_TRY(Transfers({*node, members, network, 1, 1'000}).run(64, 0));  // warms up

  // The peer runs between our two rows, so that both share its conditions.
  ICN_TRY_ASSIGN(few, transfers.run(64, 0));
  const std::string few_note = transfers.note;
  const auto peer = measure_tpcb(bench.seconds);
  const std::optional<double> peer_rate = peer.ok() ? std::optional(*peer) : std::nullopt;
  const std::string peer_note = peer.ok() ? "" : "; peer not measured: " + peer.error().detail();
  bench.add(with_errors(
      peer_row(TargetId::kTransfer64, few.per_second, peer_rate, latency_note(few) + few_note + peer_note),
      few));
  ICN_TRY_ASSIGN(many, transfers.run(256, 0));
  bench.add(with_errors(peer_row(TargetId::kTransfer256, many.per_second, peer_rate,
                                 latency_note(many) + transfers.note + peer_note),
                        many));
  ICN_TRY_ASSIGN(steady, transfers.run(64, 1'000));
  bench.add(with_errors(
      fixed_row(TargetId::kTransferP99, steady.p99_ms, latency_note(steady) + transfers.note), steady));
  return {};
}

}  // namespace icn::bench
