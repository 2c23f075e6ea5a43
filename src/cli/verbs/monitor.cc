#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <thread>

#include "bench/table.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kEverySecsMax = 3'600;
constexpr std::size_t kRoutesMax = 20;

double number_at(const Json& json, std::string_view path) {
  const Json* const value = find_path(json, path);
  if (value == nullptr || value->number() == nullptr) return 0;
  const auto number = codec::read_double(*value->number());
  return number.ok() ? *number : 0;
}

std::string text_at(const Json& json, std::string_view path) {
  return cell_text(find_path(json, path), Kind::kText, false);
}

// One look at the node.
struct Look {
  SteadyClock::time_point at = SteadyClock::now();
  Json status;
  Json performance;
  std::map<std::string, double> process;  // icn_process_*
};

std::optional<Look> look(Session& session) {
  Look out;
  auto status = get(session, "/system/status");
  auto performance = status ? get(session, "/system/performance") : std::nullopt;
  http::ClientRequest request;
  request.target = "/system/metrics";
  const auto metrics = performance ? send(session, std::move(request)) : std::nullopt;
  if (!metrics) return std::nullopt;
  out.status = std::move(*status);
  out.performance = std::move(*performance);
  constexpr std::string_view kProcess = "icn_process_";
  std::string_view text = metrics->body;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    if (!line.starts_with(kProcess) || space == std::string_view::npos) continue;
    const auto value = codec::read_double({std::string(line.substr(space + 1))});
    if (value.ok()) out.process[std::string(line.substr(kProcess.size(), space - kProcess.size()))] = *value;
  }
  return out;
}

// What a route did between two looks.
struct RouteLine {
  std::string route;
  double per_sec = 0;
  double requests = 0;
  const Json* figures = nullptr;
};

std::vector<RouteLine> busiest(const Look& before, const Look& now) {
  std::map<std::string, double> counts;
  for (const Json& each : *find_path(before.performance, "items")->array())
    counts[text_at(each, "route")] = number_at(each, "requests");
  const double secs = std::max(std::chrono::duration<double>(now.at - before.at).count(), 0.001);
  std::vector<RouteLine> out;
  for (const Json& each : *find_path(now.performance, "items")->array()) {
    const std::string route = text_at(each, "route");
    const double requests = number_at(each, "requests");
    // A node that was started anew counts from nothing.
    const double since = requests < counts[route] ? requests : requests - counts[route];
    out.push_back({route, since / secs, requests, &each});
  }
  std::ranges::stable_sort(out, [](const RouteLine& left, const RouteLine& right) {
    return std::pair(left.per_sec, left.requests) > std::pair(right.per_sec, right.requests);
  });
  return out;
}

double total(const std::vector<RouteLine>& routes) {
  double out = 0;
  for (const RouteLine& each : routes) out += each.per_sec;
  return out;
}

Json look_json(const Session& session, const Look& now, const std::vector<RouteLine>& routes) {
  Json::Array items;
  for (const RouteLine& each : routes) {
    Json item = *each.figures;
    item.set("requests_per_sec", Json(Json::Number{bench::number_text(each.per_sec)}));
    items.push_back(std::move(item));
  }
  Json::Object process;
  for (const auto& [name, value] : now.process)
    process.emplace_back(name, Json(Json::Number{bench::number_text(value)}));
  return Json::object({{"at", session.clock.now_secs()},
                       {"requests_per_sec", Json(Json::Number{bench::number_text(total(routes))})},
                       {"status", now.status},
                       {"process", Json(std::move(process))},
                       {"routes", Json(std::move(items))}});
}

std::string look_text(const Look& now, const std::vector<RouteLine>& routes) {
  const auto process = [&](const char* name) {
    const auto found = now.process.find(name);
    return found == now.process.end() ? 0.0 : found->second;
  };
  const Json& status = now.status;
  std::string out = "takes writes " + text_at(status, "is_online") + "   in sync " +
                    text_at(status, "in_sync") + "   block " + text_at(status, "current_block_height") +
                    "   waiting " + text_at(status, "transactions_waiting") + "   peers " +
                    text_at(status, "peer_count") + "   mana " + text_at(status, "mana_supply") + "\n";
  out += "jobs " + text_at(status, "jobs") + "\n";
  out += "requests/s " + bench::number_text(total(routes)) + "   connections " +
         bench::number_text(process("open_connections")) + "   cores in use " +
         bench::number_text(process("cpu_ratio")) + "   memory " +
         bench::number_text(process("memory_bytes") / 1e6) + " MB\n\n";
  std::vector<std::vector<std::string>> lines{
      {"ROUTE", "NOW/S", "REQUESTS", "ERRORS", "MEAN MS", "P95 MS", "P99 MS", "TARGET P95", "MET"}};
  for (const RouteLine& each : routes) {
    if (lines.size() > kRoutesMax) break;
    if (each.requests == 0) continue;
    const Json& figures = *each.figures;
    std::vector<std::string> line{harmless(each.route), bench::number_text(each.per_sec)};
    for (const char* name : {"requests", "errors", "mean_ms", "p95_ms", "p99_ms", "target_p95_ms"})
      line.push_back(bench::number_text(number_at(figures, name)));
    const Json* const met = figures.find("met");
    line.emplace_back(met != nullptr && met->boolean() != nullptr && *met->boolean() ? "yes" : "NO");
    lines.push_back(std::move(line));
  }
  return out + bench::draw_table(lines, std::vector<std::string>(lines.size()), {1, 2, 3, 4, 5, 6, 7});
}

}  // namespace

void define_monitor(Command command, Session& session) {
  struct Options {
    std::uint64_t every_secs = 2;
    std::uint64_t count = 0;
  };
  auto options = std::make_shared<Options>();
  command.option("--every", options->every_secs, "seconds between two looks")
      .option("--count", options->count, "stop after so many; 0: never")
      .footer(
          "The busiest routes first. Latencies are of all requests since the node's start, targets those of "
          "the performance guide. With --json one line a look. Ctrl-C ends it.");
  command.runs([options, &session] {
    if (options->every_secs == 0 || options->every_secs > kEverySecsMax) {
      return session.fail(kUsage, "--every: must be from 1 to " + std::to_string(kEverySecsMax));
    }
    auto before = look(session);
    for (std::uint64_t seen = 0; before && (options->count == 0 || seen < options->count); ++seen) {
      std::this_thread::sleep_for(std::chrono::seconds(options->every_secs));
      auto now = look(session);
      if (!now) return;
      const auto routes = busiest(*before, *now);
      if (session.json) {
        session.out << codec::write_json(look_json(session, *now, routes)) << std::endl;
      } else {
        constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";
        if (session.is_terminal) session.out << kClearScreen;
        session.out << look_text(*now, routes) << std::endl;
      }
      before = std::move(now);
    }
  });
}

}  // namespace icn::cli
