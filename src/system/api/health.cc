#include "system/api/health.h"

#include <algorithm>
#include <array>

namespace icn::system::api {
namespace {

// Targets of the performance contract, 95th percentile (domain.md 2).
constexpr auto kTargets = std::to_array<std::pair<std::string_view, double>>(
    {{"system", 50}, {"identity", 100}, {"governance", 200}, {"mesh", 500}, {"economics", 100}});
constexpr double kOtherTargetMs = 100;

double target_of(std::string_view group) {
  const auto found = std::ranges::find(kTargets, group, &std::pair<std::string_view, double>::first);
  return found == kTargets.end() ? kOtherTargetMs : found->second;
}

std::vector<Check> all_checks(const Api& api) {
  std::vector<Check> checks = api.checks();
  const ledger::LogStatus log = api.log.status();
  checks.push_back({"ledger", log.is_writing ? "" : log.reason});
  return checks;
}

std::map<std::string, std::string> by_name(const std::vector<Check>& checks) {
  std::map<std::string, std::string> out;
  for (const Check& check : checks) out[check.name] = check.problem.empty() ? "ok" : check.problem;
  return out;
}

bool all_well(const std::vector<Check>& checks) {
  return std::ranges::all_of(checks, [](const Check& check) { return check.problem.empty(); });
}

}  // namespace

Result<GetHealth::Output> GetHealth::handle(const Api& api, const http::Call&, const Input&) {
  const auto checks = all_checks(api);
  return Output{all_well(checks) ? "ok" : "degraded", api.clock.now_secs(),
                (api.clock.now_ms() - api.started_ms) / 1000, by_name(checks)};
}

http::Response GetReady::handle(const Api& api, const http::Request&) {
  const auto checks = api.is_gateway ? api.checks() : all_checks(api);
  const bool ready = all_well(checks);
  return http::Response::json(codec::to_json_text(Output{ready, by_name(checks)}), ready ? 200 : 503);
}

void GetInvariants::handle(const Api& api, const http::Call&, Input, http::Reply<Output> reply) {
  const std::uint64_t height = api.ledger.published()->head.header.height;
  api.invariants([height, reply = std::move(reply)](const std::vector<Check>& checks) {
    Output output;
    output.height = height;
    for (const Check& check : checks) {
      output.items.push_back({check.name, check.problem.empty(), check.problem});
    }
    reply(output);
  });
}

Result<GetPerformance::Output> GetPerformance::handle(const Api& api, const http::Call&, const Input&) {
  Output output;
  for (const http::RouteFigures& each : api.route_figures()) {
    if (each.route == nullptr) continue;
    const double target = target_of(each.route->group);
    output.items.push_back({std::string(http::method_name(each.route->method)) + " " + each.route->path,
                            each.requests, each.errors, each.mean_ms, each.p50_ms, each.p95_ms, each.p99_ms,
                            each.max_ms, target, each.p95_ms < target});
  }
  return output;
}

}  // namespace icn::system::api
