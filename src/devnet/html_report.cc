#include "devnet/html_report.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "devnet/plot.h"

namespace icn::devnet {
namespace {

constexpr const char* kBlue = "#1f6feb";
constexpr const char* kGreen = "#1a7f37";
constexpr const char* kRed = "#cf222e";
constexpr const char* kGrey = "#8c959f";
constexpr double kBytesPerMb = 1'000'000;

constexpr const char* kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:62em;padding:0 1em;color:#1f2328}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.25em .6em;border-bottom:1px solid #d0d7de;"
    "text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "td{white-space:nowrap}td:first-child{white-space:normal}td.yes{color:#1a7f37}td.no{color:#cf222e;font-"
    "weight:600}small{color:#59636e}"
    "svg{width:100%;margin:1em 0;font:11px system-ui,sans-serif;fill:#59636e}svg .title{font-weight:600;"
    "fill:#1f2328}svg .grid{stroke:#d8dee4}svg .mark{stroke:#cf222e;stroke-dasharray:3 3}";

std::string cell(const std::string& text, const std::string& kind = {}) {
  return "<td" + (kind.empty() ? "" : " class=\"" + kind + "\"") + ">" + text + "</td>";
}

std::string table(const Report& report) {
  std::string out = "<table><tr><th>Row<th>Figure<th>Unit<th>Guide<th>Must<th>Met</tr>\n";
  for (const Row& row : report.rows()) {
    if (row.is_left_out) continue;
    const RowKind& kind = kind_of(row.id);
    const auto met = row.is_met();
    std::string name = html_text(kind.name);
    if (!row.note.empty()) name += "<br><small>" + html_text(row.note) + "</small>";
    const std::string sign = kind.direction == Direction::kAtLeast ? "&ge; " : "&le; ";
    out += "<tr>" + cell(name) + cell(row.figure ? number_text(*row.figure) : "&ndash;", "n") +
           cell(html_text(kind.unit)) + cell(html_text(kind.guide)) +
           cell(kind.direction == Direction::kShown ? "" : sign + number_text(row.must)) +
           (met ? cell(*met ? "yes" : "no", *met ? "yes" : "no") : cell("")) + "</tr>\n";
  }
  return out + "</table>\n";
}

std::vector<Mark> marks_of(const RunResult& result) {
  std::vector<Mark> out;
  for (const RunEvent& each : result.events) out.push_back({each.at_secs, each.text});
  return out;
}

Plot rate_plot(const RunResult& result) {
  std::map<int, double> succeeded;
  std::map<int, double> failed;
  for (const JobSample& each : result.jobs.samples) {
    ++(each.cause == Cause::kNone ? succeeded : failed)[static_cast<int>(each.at_secs + each.seconds)];
  }
  Plot out{"Jobs ended in each second", "jobs/s", {{"completed", kBlue, {}}, {"failed", kRed, {}}}, {}};
  const int last = succeeded.empty() ? 0 : succeeded.rbegin()->first;
  for (int second = 0; second <= last; ++second) {
    out.series[0].points.emplace_back(second, succeeded[second]);
    out.series[1].points.emplace_back(second, failed[second]);
  }
  return out;
}

Plot time_plot(const RunResult& result) {
  Plot out{"Submission to end, by when it was submitted", "s", {}, {}};
  Series completed{"completed", kBlue, {}, true};
  Series failed{"failed", kRed, {}, true};
  // A page of every job of a long run would be too large to look at.
  const std::size_t step = result.jobs.samples.size() / 6'000 + 1;
  for (std::size_t i = 0; i < result.jobs.samples.size(); ++i) {
    const JobSample& each = result.jobs.samples[i];
    if (each.cause != Cause::kNone)
      failed.points.emplace_back(each.at_secs, each.seconds);
    else if (i % step == 0)
      completed.points.emplace_back(each.at_secs, each.seconds);
  }
  if (step > 1) out.title += ", each " + std::to_string(step) + "th";
  out.series = {std::move(completed), std::move(failed)};
  return out;
}

Plot finality_plot(const RunResult& result) {
  Plot out{
      "Finality of a transfer", "ms", {{"where it was sent", kGrey, {}}, {"everywhere", kGreen, {}}}, {}};
  for (const FinalitySample& each : result.finality.samples) {
    out.series[0].points.emplace_back(each.at_secs, each.answered_secs * 1000);
    out.series[1].points.emplace_back(each.at_secs, each.everywhere_secs * 1000);
  }
  return out;
}

Plot memory_plot(const RunResult& result) {
  Plot out{"Memory of a node with its CometBFT", "MB", {{"mean", kBlue, {}}, {"largest", kRed, {}}}, {}};
  for (const Moment& each : result.moments) {
    double sum = 0;
    double largest = 0;
    for (const std::uint64_t bytes : each.resident_bytes) {
      sum += static_cast<double>(bytes);
      largest = std::max(largest, static_cast<double>(bytes));
    }
    if (each.nodes_up == 0) continue;
    out.series[0].points.emplace_back(each.at_secs, sum / static_cast<double>(each.nodes_up) / kBytesPerMb);
    out.series[1].points.emplace_back(each.at_secs, largest / kBytesPerMb);
  }
  return out;
}

Plot processor_plot(const RunResult& result) {
  Plot out{"Processor", "cores", {{"all nodes", kBlue, {}}, {"the machine", kGrey, {}}}, {}};
  for (std::size_t i = 1; i < result.moments.size(); ++i) {
    const Moment& before = result.moments[i - 1];
    const Moment& now = result.moments[i];
    const double seconds = std::max(0.001, now.at_secs - before.at_secs);
    out.series[0].points.emplace_back(now.at_secs, std::max(0.0, now.cpu_secs - before.cpu_secs) / seconds);
    out.series[1].points.emplace_back(now.at_secs,
                                      (now.machine_busy_secs - before.machine_busy_secs) / seconds);
  }
  return out;
}

}  // namespace

std::string html_report(const RunResult& result, const Report& report) {
  const RunOptions& options = result.options;
  const std::string what =
      std::to_string(options.world.nodes) + " nodes, " + std::to_string(options.world.validators) +
      " validators, " + std::to_string(options.jobs) + " jobs at a time, " + options.workload + ", " +
      number_text(options.duration_secs) + " s" + (options.fault.empty() ? "" : ", fault: " + options.fault);
  std::string out =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>icn devnet</title><style>" +
      std::string(kStyle) + "</style>\n<h1>icn devnet</h1><p>" + html_text(what) + "</p>\n";
  for (Plot plot : {rate_plot(result), time_plot(result), finality_plot(result), memory_plot(result),
                    processor_plot(result)}) {
    plot.marks = marks_of(result);
    out += svg(plot);
  }
  out += table(report);
  if (!result.events.empty()) {
    out += "<h2>What was done to the network</h2><ul>";
    for (const RunEvent& each : result.events)
      out += "<li>" + number_text(each.at_secs) + " s: " + html_text(each.text) + "</li>";
    out += "</ul>\n";
  }
  return out + "</html>\n";
}

}  // namespace icn::devnet
