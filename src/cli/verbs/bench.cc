#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>

#include "bench/area.h"
#include "bench/baseline.h"
#include "cli/files.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "devnet/scale.h"
#include "devnet/transfers.h"

namespace icn::cli {
namespace {

constexpr std::uint64_t kSecondsMax = 3'600;

struct Options {
  std::string area;
  std::uint64_t seconds = 5;
  std::string against;
  std::uint64_t alert_percent = 200;
};

constexpr std::uint64_t kAlertPercentMax = 100'000;

// Those of bench and, at the end, those that need a network of nodes.
std::vector<bench::Area> all_areas() {
  std::vector<bench::Area> out = bench::areas();
  out.push_back(devnet::federation_area());
  out.push_back(devnet::scale_area());
  return out;
}

void list_areas(Session& session) {
  codec::Json::Array items;
  for (const bench::Area& each : all_areas()) {
    items.push_back(codec::Json::object({{"area", each.name}, {"measures", each.doc}}));
  }
  if (session.json) return show_json(session, codec::Json(std::move(items)));
  session.out << table_text(items, {{"AREA", "area"}, {"MEASURES", "measures"}}, false)
              << "\n`icn bench all` runs them one after the other.\n";
}

std::vector<bench::Row> measure(const Options& options, Session& session) {
  const std::string executable = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<bench::Row> rows;
  for (const bench::Area& each : all_areas()) {
    if (options.area != "all" && options.area != each.name) continue;
    if (!session.json) session.err << "icn: measuring " << each.name << "\n" << std::flush;
    const auto measured = bench::run_area(each, executable, options.seconds, [&](const bench::Row& row) {
      if (!session.json && session.is_terminal) session.err << "  " << bench::target(row.id).work << "\n";
    });
    rows.insert(rows.end(), measured.begin(), measured.end());
  }
  return rows;
}

// An earlier report is read first: a wrong one should not be found out after an hour.
void run_areas(const Options& options, Session& session) {
  std::optional<bench::Baseline> baseline;
  if (!options.against.empty()) {
    const auto report = read_file(session, options.against);
    if (!report) return;
    auto parsed = bench::Baseline::parse(as_text(*report));
    if (!parsed.ok()) return session.fail(kUsage, options.against + ": " + parsed.error().detail());
    baseline = std::move(*parsed);
  }
  const std::vector<bench::Row> rows = measure(options, session);
  if (session.json) {
    codec::Json::Array items;
    for (const bench::Row& row : rows) {
      items.push_back(baseline ? bench::row_json(row, baseline->change(row), options.alert_percent)
                               : bench::row_json(row));
    }
    show_json(session, codec::Json(std::move(items)));
  } else {
    session.out << bench::report_text(rows);
    if (baseline) session.out << "\n" << bench::changes_text(*baseline, rows, options.alert_percent);
  }
  const bool is_well =
      baseline ? bench::none_worse(*baseline, rows, options.alert_percent) : bench::all_met(rows);
  if (!is_well) session.exit_code = kNotMet;
}

}  // namespace

void define_bench(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.optional_argument("AREA", options->area, "what to measure, or all; without it the areas are listed")
      .option("--seconds", options->seconds, "length of each measurement")
      .option("--against", options->against,
              "report of an earlier run with --json: what has become worse since")
      .option("--alert-percent", options->alert_percent,
              "with --against: how much worse is too much; 200 is twice as slow")
      .footer(
          "Each figure stands beside its limit or a peer's figure from the same run. Starts a node of its "
          "own "
          "in a temporary folder ($TMPDIR, else /var/tmp). Exit code 0: every target is met; 3: some are "
          "not, "
          "or could not be measured. With --against targets do not count: 3 says that a row has become worse "
          "than --alert-percent.");
  command.runs([options, &session] {
    if (options->area.empty()) return list_areas(session);
    const std::vector<bench::Area> areas = all_areas();
    const bool is_known =
        std::ranges::any_of(areas, [&](const bench::Area& each) { return each.name == options->area; });
    if (options->area != "all" && !is_known) {
      return session.fail(kUsage, "there is no area `" + options->area + "`; `icn bench` lists them");
    }
    if (options->seconds == 0 || options->seconds > kSecondsMax) {
      return session.fail(kUsage, "--seconds: must be from 1 to " + std::to_string(kSecondsMax));
    }
    if (options->alert_percent < 100 || options->alert_percent > kAlertPercentMax) {
      return session.fail(kUsage, "--alert-percent: must be from 100 to " + std::to_string(kAlertPercentMax));
    }
    run_areas(*options, session);
  });
}

}  // namespace icn::cli
