#include <algorithm>
#include <cmath>
#include <map>

#include "bench/load_generator.h"
#include "devnet/run.h"

namespace icn::devnet {
namespace {

using codec::Json;

constexpr double kBytesPerMb = 1'000'000;

Json number(double value) { return Json(Json::Number{number_text(value)}); }

bench::LoadResult summary(const std::vector<double>& seconds) {
  std::vector<std::uint32_t> times_us;
  for (const double each : seconds) times_us.push_back(static_cast<std::uint32_t>(each * 1e6));
  bench::LoadResult out;
  bench::summarize(std::move(times_us), out);
  return out;
}

void set_job_rows(const RunResult& result, Report& report) {
  std::map<Cause, std::size_t> causes;
  std::vector<double> times;
  std::size_t in_time = 0;
  for (const JobSample& each : result.jobs.samples) {
    ++causes[each.cause];
    if (each.cause != Cause::kNone) continue;
    times.push_back(each.seconds);
    in_time += each.at_secs + each.seconds <= result.jobs.seconds ? 1 : 0;
  }
  const std::size_t all = result.jobs.samples.size();
  if (all == 0) return;
  const auto share = [&](std::size_t count) {
    return 100.0 * static_cast<double>(count) / static_cast<double>(all);
  };
  report.set(RowId::kJobRate, static_cast<double>(in_time) / result.jobs.seconds,
             std::to_string(causes[Cause::kNone]) + " of " + std::to_string(all) + " jobs, " +
                 std::to_string(result.options.jobs) + " at a time, over " +
                 number_text(result.jobs.seconds) + " s");
  std::string reasons;
  for (const auto& [reason, count] : result.jobs.reasons) {
    if (reasons.size() < 400)
      reasons += (reasons.empty() ? "" : "; ") + std::to_string(count) + " x " + reason;
  }
  report.set(RowId::kSuccess, share(causes[Cause::kNone]), reasons);
  report.set(RowId::kTimeouts, share(causes[Cause::kTimeout]));
  report.set(RowId::kNetworkErrors, share(causes[Cause::kNetwork]));
  report.set(RowId::kNoExecutor, share(causes[Cause::kNoExecutor]));
  report.set(RowId::kOtherFailures, share(causes[Cause::kRefused] + causes[Cause::kFailed]));
  if (times.empty()) return;
  const bench::LoadResult times_of = summary(times);
  report.set(RowId::kJobMean, times_of.mean_ms / 1000);
  report.set(RowId::kJobP50, times_of.p50_ms / 1000);
  report.set(RowId::kJobP95, times_of.p95_ms / 1000);
  report.set(RowId::kJobP99, times_of.p99_ms / 1000);
}

void set_executor_rows(const RunResult& result, Report& report) {
  std::map<std::size_t, std::size_t> executors;
  std::size_t known = 0;
  std::size_t elsewhere = 0;
  for (const JobSample& each : result.jobs.samples) {
    if (!each.executor) continue;
    ++known;
    ++executors[*each.executor];
    elsewhere += *each.executor != each.submitted_at ? 1 : 0;
  }
  if (known == 0) {
    for (const RowId id : {RowId::kExecutors, RowId::kElsewhere, RowId::kLargestShare})
      report.miss(id, "no answer named an executor");
    return;
  }
  std::size_t most = 0;
  std::string spread;
  for (const auto& [node, count] : executors) {
    most = std::max(most, count);
    spread += (spread.empty() ? "" : ", ") + result.nodes[node].name + " " + std::to_string(count);
  }
  report.set(RowId::kExecutors, static_cast<double>(executors.size()), spread);
  report.set(RowId::kElsewhere, 100.0 * static_cast<double>(elsewhere) / static_cast<double>(known));
  report.set(RowId::kLargestShare, 100.0 * static_cast<double>(most) / static_cast<double>(known));
}

void set_finality_rows(const RunResult& result, Report& report) {
  const auto everywhere = [](const FinalityResult& finality) {
    std::vector<double> out;
    for (const FinalitySample& each : finality.samples) out.push_back(each.everywhere_secs);
    return out;
  };
  const auto note = [](const FinalityResult& finality) {
    return std::to_string(finality.samples.size()) + " transfers";
  };
  if (!result.finality_idle.samples.empty()) {
    report.set(RowId::kFinalityIdle, summary(everywhere(result.finality_idle)).p50_ms / 1000,
               note(result.finality_idle));
  }
  report.set(
      RowId::kFinalityFailures, static_cast<double>(result.finality.failures + result.finality_idle.failures),
      result.finality.failures > 0 ? result.finality.first_failure : result.finality_idle.first_failure);
  if (result.finality.samples.empty()) {
    report.miss(RowId::kFinality, "no transfer became final");
    return;
  }
  const bench::LoadResult times = summary(everywhere(result.finality));
  report.set(RowId::kFinality, times.p50_ms / 1000, note(result.finality));
  report.set(RowId::kFinalityP95, times.p95_ms / 1000);
  double sync = 0;
  for (const FinalitySample& each : result.finality.samples)
    sync += each.everywhere_secs - each.answered_secs;
  report.set(RowId::kSync, 1000 * sync / static_cast<double>(result.finality.samples.size()),
             "from final where it was sent to read at every node, the last one");
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double each : values) sum += each;
  return sum / static_cast<double>(values.size());
}

void set_governance_rows(const VotesResult& votes, Report& report) {
  if (votes.proposed > 0) {
    report.set(RowId::kProposals,
               100 * static_cast<double>(votes.taken) / static_cast<double>(votes.proposed),
               std::to_string(votes.taken) + " of " + std::to_string(votes.proposed));
  }
  const std::string failures =
      votes.failures == 0 ? "" : "; " + std::to_string(votes.failures) + " failed: " + votes.first_failure;
  if (votes.spread_secs.empty())
    report.miss(RowId::kBallotSpread, "no ballot was final everywhere" + failures);
  else
    report.set(RowId::kBallotSpread, 1000 * mean(votes.spread_secs),
               std::to_string(votes.spread_secs.size()) + " ballots" + failures);
  if (votes.decided_secs.empty())
    report.miss(RowId::kDecision, "no proposal was decided" + failures);
  else
    report.set(RowId::kDecision, mean(votes.decided_secs),
               std::to_string(votes.decided_secs.size()) + " proposals, with 3 ballots each");
}

void set_discovery_rows(const RunResult& result, Report& report) {
  if (result.options.world.nodes < 2) {
    for (const RowId id : {RowId::kDiscovery, RowId::kConnectionSetup, RowId::kDht, RowId::kPeers,
                           RowId::kGossipMean, RowId::kGossipP95, RowId::kMessageLoss})
      report.miss(id, "one node has no peers");
    return;
  }
  if (result.discovery_secs && result.discovery_secs->ok())
    report.set(RowId::kDiscovery, **result.discovery_secs);
  else if (result.discovery_secs)
    report.miss(RowId::kDiscovery, result.discovery_secs->error().detail());
  const ConnectionSetup& setup = result.connection_setup;
  if (setup.times_ms.empty()) {
    report.miss(RowId::kConnectionSetup, setup.first_failure);
  } else {
    report.set(
        RowId::kConnectionSetup, mean(setup.times_ms),
        std::to_string(setup.times_ms.size()) + " connections" +
            (setup.failures > 0 ? ", " + std::to_string(setup.failures) + " failed: " + setup.first_failure
                                : ""));
  }
  if (result.dht.asked > 0) {
    report.set(RowId::kDht,
               100.0 * static_cast<double>(result.dht.answered) / static_cast<double>(result.dht.asked),
               std::to_string(result.dht.answered) + " of " + std::to_string(result.dht.asked) +
                   " searches for a peer" +
                   (result.dht.first_failure.empty() ? "" : "; " + result.dht.first_failure));
  }
}

void set_network_rows(const RunResult& result, Report& report) {
  set_discovery_rows(result, report);
  if (!result.peers_before || !result.peers_after || result.options.world.nodes < 2) {
    if (!result.peers_failure.empty()) report.miss(RowId::kPeers, result.peers_failure);
    return;
  }
  const PeerFigures& before = *result.peers_before;
  const PeerFigures& after = *result.peers_after;
  const double seconds = result.moments.back().at_secs;
  const auto nodes = static_cast<double>(result.options.world.nodes);
  const auto grown = [](std::uint64_t from, std::uint64_t to) {
    return to > from ? static_cast<double>(to - from) : 0.0;
  };
  report.set(RowId::kPeers, static_cast<double>(after.peers_min), "at the end of the load");
  const double received = grown(before.heartbeats_received, after.heartbeats_received);
  if (!after.has_gossip || received == 0) {
    for (const RowId id : {RowId::kGossipMean, RowId::kGossipP95, RowId::kMessageLoss})
      report.miss(id, "no node had a heartbeat of another");
  } else {
    const double missing =
        static_cast<double>(after.heartbeats_missing) - static_cast<double>(before.heartbeats_missing);
    report.set(RowId::kGossipMean, after.gossip_mean_ms, "of the newest 1,000 heartbeats at each node");
    report.set(RowId::kGossipP95, after.gossip_p95_ms);
    report.set(
        RowId::kMessageLoss, std::max(0.0, 100 * missing / (received + missing)),
        number_text(std::max(0.0, missing)) + " of " + number_text(received + missing) + " heartbeats");
  }
  report.set(RowId::kMessageRate, grown(before.messages_received, after.messages_received) / seconds / nodes);
  const double sent = grown(before.bytes_sent, after.bytes_sent);
  report.set(RowId::kNetworkUse, sent / 1024 / seconds / nodes, "libp2p; CometBFT's links are not in it");
  const auto jobs = static_cast<double>(result.jobs.samples.size());
  if (jobs > 0) report.set(RowId::kJobBytes, sent / jobs, "libp2p of all nodes, heartbeats included");
}

void set_machine_rows(const RunResult& result, Report& report) {
  const Moment& first = result.moments.front();
  const Moment& last = result.moments.back();
  const double seconds = last.at_secs - first.at_secs;
  double largest = 0;
  double sum = 0;
  std::size_t count = 0;
  for (const Moment& moment : result.moments) {
    for (const std::uint64_t bytes : moment.resident_bytes) {
      if (bytes == 0) continue;
      largest = std::max(largest, static_cast<double>(bytes));
      sum += static_cast<double>(bytes);
      ++count;
    }
  }
  if (count == 0 || seconds <= 0) return;
  report.set(RowId::kMemory, largest / kBytesPerMb, "resident; pages shared between processes count in each");
  report.set(RowId::kMemoryMean, sum / static_cast<double>(count) / kBytesPerMb);
  report.set(RowId::kCpu, 100 * (last.cpu_secs - first.cpu_secs) / seconds /
                              static_cast<double>(result.options.world.nodes));
  const double busy = last.machine_busy_secs - first.machine_busy_secs;
  const double idle = last.machine_idle_secs - first.machine_idle_secs;
  const double own = last.own_cpu_secs - first.own_cpu_secs;
  report.set(RowId::kOthers, std::max(0.0, busy - own - (last.cpu_secs - first.cpu_secs)) / seconds,
             "the measuring itself took " + number_text(own / seconds));
  if (busy + idle > 0) report.set(RowId::kMachineBusy, 100 * busy / (busy + idle));
  if (result.height_after > result.height_before) {
    report.set(RowId::kBlockRate, static_cast<double>(result.height_after - result.height_before) / seconds);
  }
}

Json moments_json(const RunResult& result) {
  Json::Array out;
  for (const Moment& each : result.moments) {
    double memory = 0;
    for (const std::uint64_t bytes : each.resident_bytes) memory += static_cast<double>(bytes);
    out.push_back(Json::object({{"at_secs", number(each.at_secs)},
                                {"jobs_succeeded", Json(std::uint64_t{each.jobs_succeeded})},
                                {"jobs_failed", Json(std::uint64_t{each.jobs_failed})},
                                {"nodes_up", Json(std::uint64_t{each.nodes_up})},
                                {"cpu_secs", number(each.cpu_secs)},
                                {"memory_mb", number(memory / kBytesPerMb)}}));
  }
  return Json(std::move(out));
}

Json events_json(const RunResult& result) {
  Json::Array out;
  for (const RunEvent& each : result.events)
    out.push_back(Json::object({{"at_secs", number(each.at_secs)}, {"text", each.text}}));
  return Json(std::move(out));
}

void set_history_rows(const RunResult& result, Report& report) {
  report.set(RowId::kHistory, static_cast<double>(result.history.nodes),
             "up to block " + std::to_string(result.history.height) +
                 (result.history.first_failure.empty() ? "" : "; " + result.history.first_failure));
  if (!result.recovery_secs) return;
  if (result.recovery_secs->ok())
    report.set(RowId::kRecovery, **result.recovery_secs);
  else
    report.miss(RowId::kRecovery, result.recovery_secs->error().detail());
}

}  // namespace

Report make_report(const RunResult& result) {
  Report report(result.options.world.nodes, result.options.world.validators, !result.options.fault.empty());
  set_job_rows(result, report);
  set_executor_rows(result, report);
  set_finality_rows(result, report);
  set_governance_rows(result.votes, report);
  set_history_rows(result, report);
  set_network_rows(result, report);
  set_machine_rows(result, report);
  return report;
}

codec::Json result_json(const RunResult& result, const Report& report) {
  const RunOptions& options = result.options;
  Json failures = Json::object({});
  for (const auto& [reason, count] : result.jobs.reasons) failures.set(reason, Json(std::uint64_t{count}));
  Json::Array nodes;
  for (const NodePlan& each : result.nodes) {
    nodes.push_back(
        Json::object({{"name", each.name}, {"did", each.did.text()}, {"validator", each.is_validator}}));
  }
  return Json::object(
      {{"options", Json::object({{"nodes", Json(std::uint64_t{options.world.nodes})},
                                 {"validators", Json(std::uint64_t{options.world.validators})},
                                 {"jobs", Json(std::uint64_t{options.jobs})},
                                 {"duration_secs", number(options.duration_secs)},
                                 {"workload", options.workload},
                                 {"fault", options.fault.empty() ? Json() : Json(options.fault)}})},
       {"rows", report.json()},
       {"met", report.all_met()},
       {"failures", failures},
       {"nodes", Json(std::move(nodes))},
       {"events", events_json(result)},
       {"moments", moments_json(result)}});
}

}  // namespace icn::devnet
