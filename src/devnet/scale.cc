#include "devnet/scale.h"

#include <algorithm>

#include "base/errors.h"
#include "bench/temporary_folder.h"
#include "devnet/busy_module.h"
#include "devnet/history.h"
#include "devnet/job_load.h"
#include "devnet/members.h"
#include "devnet/peer_probe.h"
#include "devnet/rows.h"
#include "devnet/workload.h"

namespace icn::devnet {
namespace {

constexpr double kJobCpuMs = 20;
constexpr std::uint64_t kQuotaPercent = 2;  // of a core: what ten nodes do besides fits on two cores, slow ones too
constexpr std::size_t kJobsPerNode = 4;     // in flight
constexpr std::size_t kMembers = 40;
constexpr std::size_t kValidatorsMax = 4;
constexpr std::uint32_t kTrialRounds = 100'000'000;
constexpr std::uint64_t kFuel = 100'000'000'000;
constexpr std::uint64_t kPeersWaitMs = 60'000;
constexpr std::size_t kSecondsMin = 25;  // a node does one job a second

Result<mesh::JobSpec> busy_spec(const World& world, std::uint32_t rounds) {
  ICN_TRY_ASSIGN(module, spread_content(world, to_text(busy_module(rounds))));
  mesh::JobSpec spec;
  spec.module_cid = module;
  spec.resources.fuel = kFuel;
  spec.max_price = Millimana::from_mana(20);
  return spec;
}

// What one run takes on a node, as its receipt says.
Result<double> cpu_ms_of(const World& world, std::span<const bench::Member> members,
                         const mesh::JobSpec& spec, const Control& control) {
  JobLoad load(world, members, {1, 0.1, {spec}});
  const JobLoadResult result = load.run(control);
  if (result.samples.empty() || result.samples.front().cause != Cause::kNone) {
    return Error(errors::kUnavailable,
                 "a job of the trial failed: " +
                     (result.reasons.empty() ? std::string("no reason") : result.reasons.begin()->first));
  }
  return result.samples.front().cpu_ms;
}

struct ScaleResult {
  double jobs_per_second = 0;
  std::uint32_t rounds = 0;
  std::string note;
};

// `rounds` 0: found out here.
Result<ScaleResult> run_size(const bench::Bench& bench, std::size_t nodes, std::uint32_t rounds) {
  Control control;
  control.say = control.show = [](const std::string&) {};
  ICN_TRY_ASSIGN(folder, bench::TemporaryFolder::make());
  WorldOptions options;
  options.executable = bench.executable;
  options.folder = folder.path();
  options.nodes = nodes;
  options.validators = std::min(nodes, kValidatorsMax);
  options.settings = {"--mesh.cpu_quota=" + std::to_string(kQuotaPercent)};
  ICN_TRY_ASSIGN(world, World::make(std::move(options), control));
  ICN_TRY(world->start(control));
  ICN_TRY(world->wait_until_ready(control));
  if (nodes > 1) ICN_TRY(wait_for_peers(*world, world->last_start(), kPeersWaitMs, control));
  const std::vector<bench::Member> members = bench::make_members(kMembers);
  ICN_TRY(grant_start(*world, members));

  ScaleResult out;
  out.rounds = rounds;
  if (rounds == 0) {
    ICN_TRY_ASSIGN(trial, busy_spec(*world, kTrialRounds));
    ICN_TRY_ASSIGN(trial_ms, cpu_ms_of(*world, members, trial, control));
    if (trial_ms < 1) return Error(errors::kInternal, "the trial took no processor time");
    out.rounds = static_cast<std::uint32_t>(kTrialRounds * kJobCpuMs / trial_ms);
  }
  ICN_TRY_ASSIGN(spec, busy_spec(*world, out.rounds));
  // Compiled and cached everywhere before time counts.
  const double seconds = static_cast<double>(std::max(bench.seconds, kSecondsMin));
  JobLoad warm(*world, members, {2 * nodes, 1, {spec}});
  warm.run(control);
  JobLoad load(*world, members, {kJobsPerNode * nodes, seconds, {spec}});
  const JobLoadResult result = load.run(control);
  std::size_t completed = 0;
  std::size_t failed = 0;
  for (const JobSample& each : result.samples) {
    failed += each.cause == Cause::kNone ? 0 : 1;
    completed += each.cause == Cause::kNone && each.at_secs + each.seconds <= result.seconds ? 1 : 0;
  }
  out.jobs_per_second = static_cast<double>(completed) / result.seconds;
  out.note = number_text(out.jobs_per_second) + " jobs/s, " + std::to_string(failed) + " failed";
  if (failed > 0) return Error(errors::kUnavailable, out.note + ": " + result.reasons.begin()->first);
  return out;
}

}  // namespace

Result<void> run_scale(const bench::Bench& bench) {
  ICN_TRY_ASSIGN(one, run_size(bench, 1, 0));
  if (one.jobs_per_second <= 0) return Error(errors::kUnavailable, "one node completed no job");
  const std::pair<std::size_t, bench::TargetId> sizes[] = {
      {3, bench::TargetId::kScale3}, {5, bench::TargetId::kScale5}, {10, bench::TargetId::kScale10}};
  for (const auto& [nodes, target] : sizes) {
    const auto result = run_size(bench, nodes, one.rounds);
    if (!result.ok()) {
      bench.add(bench::missing_row(target, result.error().detail()));
      continue;
    }
    bench.add(bench::fixed_row(target, result->jobs_per_second / one.jobs_per_second,
                               result->note + "; one node " + one.note + "; " + bench::load_average()));
  }
  return {};
}

const bench::Area& scale_area() {
  static constexpr bench::Area kArea{"scale", run_scale,
                                     "1, 3, 5 and 10 nodes with a fixed share of a core each, against one"};
  return kArea;
}

}  // namespace icn::devnet
