#include "devnet/run.h"

#include <atomic>
#include <cmath>
#include <memory>
#include <thread>

#include "base/errors.h"
#include "devnet/json_at.h"
#include "devnet/members.h"
#include "devnet/workload.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

// Each has 1,750 mana at the start, and a job costs some 8: enough for 20,000 jobs a hundred members.
constexpr std::size_t kMembers = 300;
constexpr std::size_t kSenders = 2;  // the first of them, of the transfers that are timed; the voters follow
constexpr std::size_t kIdleProbes = 10;
constexpr std::uint64_t kIdlePauseMs = 100;
constexpr std::uint64_t kProbePauseMs = 500;
constexpr std::uint64_t kPeersWaitMs = 60'000;
constexpr std::uint64_t kRecoveryWaitMs = 60'000;
constexpr double kFaultPeriodSecs = 12;
constexpr double kFaultOutageSecs = 5;
constexpr std::uint32_t kSlowMs = 200;

std::string progress(const Moment& now, const JobLoad::State& jobs, double duration_secs, double rate) {
  std::string out = number_text(std::floor(now.at_secs)) + " of " + number_text(duration_secs) + " s   " +
                    number_text(std::round(rate)) + " jobs/s   " + std::to_string(jobs.succeeded) +
                    " completed   " + std::to_string(jobs.failed) + " failed   " +
                    std::to_string(jobs.in_flight) + " in flight   " + std::to_string(now.nodes_up) +
                    " nodes";
  return out;
}

std::unique_ptr<Faults> make_faults(const std::string& name, World& world) {
  const std::uint64_t seed = SystemClock().now_ms();
  if (name == "kill") return std::make_unique<KillFaults>(world, seed, kFaultPeriodSecs, kFaultOutageSecs);
  if (name == "partition") {
    return std::make_unique<LinkFaults>(world, LinkFaults::Kind::kPartition, seed,
                                        LinkFaults::Plan{kFaultPeriodSecs, kFaultOutageSecs, 0});
  }
  if (name == "slow") {
    return std::make_unique<LinkFaults>(world, LinkFaults::Kind::kSlow, seed,
                                        LinkFaults::Plan{kFaultPeriodSecs, kFaultOutageSecs, kSlowMs});
  }
  return nullptr;
}

// Runs the jobs; beside them the finality probe, votes, and a look at all processes each second.
void load(World& world, std::span<const bench::Member> members, const std::vector<mesh::JobSpec>& specs,
          RunResult& result, const Control& control) {
  const auto voters = members.subspan(kSenders, kVoters);
  JobLoad jobs(world, members.subspan(kSenders + kVoters),
               {result.options.jobs, result.options.duration_secs, specs});
  std::atomic<bool> is_over{false};
  std::atomic<bool> is_load_over{false};  // what is probed later is another network: an idle one
  std::thread prober([&] {
    result.finality = probe_finality(world, members.first(kSenders), 0, kProbePauseMs, control, is_load_over);
  });
  std::thread voter([&] { result.votes = probe_votes(world, voters, control, is_load_over); });
  std::thread submitter([&] {
    result.jobs = jobs.run(control);
    is_load_over = is_over = true;
  });
  const Clock::time_point start = Clock::now();
  const std::unique_ptr<Faults> faults = make_faults(result.options.fault, world);
  result.moments.push_back(look_at(world, 0, {}));
  while (!is_over) {
    if (control.is_stopping) world.stop();  // so that who waits for a job is answered
    for (int i = 0; i < 20 && !is_over; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      const double at_secs = std::chrono::duration<double>(Clock::now() - start).count();
      if (at_secs >= result.options.duration_secs) is_load_over = true;
      if (faults && at_secs < result.options.duration_secs && !control.is_stopping)
        faults->act(at_secs, result.events);
    }
    const Moment before = result.moments.back();
    const JobLoad::State state = jobs.state();
    result.moments.push_back(
        look_at(world, std::chrono::duration<double>(Clock::now() - start).count(), state));
    const Moment& now = result.moments.back();
    const double rate = static_cast<double>(now.jobs_succeeded - before.jobs_succeeded) /
                        std::max(0.001, now.at_secs - before.at_secs);
    control.show(progress(now, state, result.options.duration_secs, rate));
  }
  submitter.join();
  prober.join();
  voter.join();
  if (faults && !control.is_stopping) faults->heal(result.moments.back().at_secs, result.events);
}

}  // namespace

Result<RunResult> run(const RunOptions& options, const Control& control) {
  RunResult result;
  result.options = options;
  ICN_TRY_ASSIGN(world, World::make(options.world, control));
  ICN_TRY(world->start(control));
  result.discovery_secs = wait_for_peers(*world, world->last_start(), kPeersWaitMs, control);
  ICN_TRY(world->wait_until_ready(control));
  control.say(std::to_string(world->size()) + " nodes serve and are ready");
  if (control.is_stopping) return Error(errors::kUnavailable, "told to end");

  control.show("giving start mana to " + std::to_string(kMembers) + " members");
  const std::vector<bench::Member> members = bench::make_members(kMembers);
  ICN_TRY(grant_start(*world, members));
  ICN_TRY(enroll_voters(*world, std::span(members).subspan(kSenders)));
  control.show("measuring connections and the DHT");
  if (world->size() > 1) {
    result.connection_setup = measure_connection_setup(*world, control);
    result.dht = measure_dht(*world, control);
    ICN_TRY(wait_for_peers(*world, Clock::now(), kPeersWaitMs, control));
  }
  control.show("preparing the jobs");
  ICN_TRY_ASSIGN(specs, prepare_workload(options.workload, *world, options.programs));
  control.show("measuring finality before the jobs");
  std::atomic<bool> is_over{false};
  result.finality_idle = probe_finality(*world, members, kIdleProbes, kIdlePauseMs, control, is_over);
  if (control.is_stopping) return Error(errors::kUnavailable, "told to end");

  control.say("running " + std::to_string(options.jobs) + " jobs at a time for " +
              number_text(options.duration_secs) + " s");
  result.height_before = height_of(*world, 0);
  if (auto figures = read_peer_figures(*world); figures.ok()) result.peers_before = *figures;
  load(*world, members, specs, result, control);
  if (control.is_stopping) return Error(errors::kUnavailable, "told to end");
  if (!options.fault.empty()) {
    result.recovery_secs = wait_until_recovered(*world, kRecoveryWaitMs, control);
    if (const auto met = wait_for_peers(*world, Clock::now(), kPeersWaitMs, control); !met.ok())
      control.say(met.error().detail());
  }
  const auto figures = read_peer_figures(*world);
  if (figures.ok())
    result.peers_after = *figures;
  else
    result.peers_failure = figures.error().detail();
  result.height_after = height_of(*world, 0);
  result.history = check_history(*world);
  result.nodes = world->nodes();
  control.show("stopping the nodes");
  world->stop();
  return result;
}

}  // namespace icn::devnet
