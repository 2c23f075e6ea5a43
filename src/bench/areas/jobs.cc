#include "bench/jobs.h"
#include "base/errors.h"
#include "bench/area.h"
#include "bench/temporary_folder.h"

namespace icn::bench {
namespace {

constexpr std::size_t kMembers = 512;
constexpr std::size_t kRateMax = 12'000;  // jobs signed for each second of a run

Result<std::uint64_t> completed_jobs(const NodeProcess& node) {
  http::Client client = node.client();
  ICN_TRY_ASSIGN(answer, client.get("/mesh/metrics"));
  ICN_TRY_ASSIGN(json, codec::parse_json(answer.body));
  const codec::Json* count = json.find("completed");
  if (count == nullptr || count->number() == nullptr) {
    return Error(errors::kInternal, "/mesh/metrics answers without completed");
  }
  return codec::read_uint64(*count->number());
}

}  // namespace

Result<void> run_jobs(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  std::vector<Member> members = make_members(kMembers);
  ICN_TRY(grant_start(*node, members));
  ICN_TRY_ASSIGN(jobs, EchoJobs::prepare(*node, std::move(members)));
  const auto requests = post_requests("/mesh/jobs?wait=10", jobs.sign(bench.seconds * kRateMax));
  Load load;
  load.connections = 256;
  load.duration_ms = bench.seconds * 1'000;
  load.requests = &requests;
  ICN_TRY_ASSIGN(completed_before, completed_jobs(*node));
  std::string cost;
  ICN_TRY_ASSIGN(result, run_once(*node, std::move(load), cost));
  const std::string note = latency_note(result) + cost;
  ICN_TRY_ASSIGN(completed, completed_jobs(*node));
  // An answer whose job was not settled by then would not be one.
  if (completed - completed_before + result.errors < result.answers) {
    return Error(errors::kInternal, "of " + std::to_string(result.answers) + " answered jobs only " +
                                        std::to_string(completed - completed_before) + " were completed");
  }
  bench.add(with_errors(fixed_row(TargetId::kJobs, result.per_second, note), result));
  bench.add(with_errors(fixed_row(TargetId::kJobsP99, result.p99_ms, note), result));
  return {};
}

}  // namespace icn::bench
