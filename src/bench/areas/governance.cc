#include "bench/area.h"
#include "bench/governance_scale.h"
#include "bench/tally_work.h"
#include "bench/temporary_folder.h"
#include "bench/votes.h"

namespace icn::bench {
namespace {

constexpr std::size_t kVoters = 256;
constexpr std::uint64_t kVotingSecs = 7 * 86'400;

}  // namespace

Result<void> run_governance(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  const std::vector<Member> members = make_members(kVoters);
  ICN_TRY(enroll(*node, members));
  ICN_TRY_ASSIGN(network, node->ask("/system/info", "network_id"));
  ICN_TRY_ASSIGN(proposal, open_vote(*node, members, network, kVotingSecs));
  ICN_TRY(Ballots({*node, members, network, proposal, 1, 100}).run(1'000));  // warms up
  Ballots ballots{*node, members, network, proposal, bench.seconds};
  ICN_TRY_ASSIGN(full, ballots.run(0));
  const std::string full_note = latency_note(full) + ballots.note;
  bench.add(with_errors(fixed_row(TargetId::kBallots64, full.per_second, full_note), full));
  bench.add(with_errors(fixed_row(TargetId::kBallots64P99, full.p99_ms, full_note), full));
  ICN_TRY_ASSIGN(steady, ballots.run(500));
  bench.add(with_errors(fixed_row(TargetId::kBallotP99, steady.p99_ms, latency_note(steady) + ballots.note),
                        steady));
  ICN_TRY(measure_tallies(bench));
  return measure_large_votes(bench);
}

}  // namespace icn::bench
