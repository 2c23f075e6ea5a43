#include "bench/report.h"

#include <algorithm>

#include "bench/table.h"

namespace icn::bench {
namespace {

codec::Json number_json(std::optional<double> value) {
  return value ? codec::Json(codec::Json::Number{number_text(*value)}) : codec::Json();
}

std::string cell(std::optional<double> value) { return value ? number_text(*value) : "-"; }

std::string sign(Direction direction) { return direction == Direction::kAtLeast ? ">= " : "<= "; }

std::vector<std::string> cells(const Row& row) {
  const Target& goal = target(row.id);
  const bool is_peer = goal.against == Against::kPeer;
  const std::string met = !row.is_met() ? "?" : *row.is_met() ? "yes" : "NO";
  const std::string limit =
      is_peer ? cell(row.limit) + " (" + goal.limit_name + ")" : std::string(goal.limit_name);
  return {goal.work,
          cell(row.figure),
          goal.unit,
          cell(row.ratio()),
          sign(goal.direction) + number_text(goal.must) + (is_peer ? " x" : ""),
          met,
          limit};
}

}  // namespace

std::optional<double> Row::ratio() const {
  if (!figure || !limit || *limit == 0) return std::nullopt;
  return *figure / *limit;
}

std::optional<bool> Row::is_met() const {
  if (has_failed) return false;
  if (!figure) return std::nullopt;
  const Target& goal = target(id);
  const std::optional<double> compared = goal.against == Against::kPeer ? ratio() : figure;
  if (!compared) return std::nullopt;
  return goal.direction == Direction::kAtLeast ? *compared >= goal.must : *compared <= goal.must;
}

Row fixed_row(TargetId id, double figure, std::string note) {
  return {id, figure, target(id).must, std::move(note)};
}

Row peer_row(TargetId id, double figure, std::optional<double> peer, std::string note) {
  return {id, figure, peer, std::move(note)};
}

Row missing_row(TargetId id, std::string why) {
  return {id, std::nullopt, std::nullopt, "not measured: " + std::move(why)};
}

codec::Json row_json(const Row& row) {
  const Target& goal = target(row.id);
  const auto met = row.is_met();
  return codec::Json::object({{"area", goal.area},
                              {"work", goal.work},
                              {"figure", number_json(row.figure)},
                              {"unit", goal.unit},
                              {"limit", number_json(row.limit)},
                              {"limit_name", goal.limit_name},
                              {"ratio", number_json(row.ratio())},
                              {"target", number_json(goal.must)},
                              {"aim", number_json(goal.aim)},
                              {"direction", goal.direction == Direction::kAtLeast ? "at_least" : "at_most"},
                              {"met", met ? codec::Json(*met) : codec::Json()},
                              {"durable", goal.is_durable},
                              {"source", goal.source},
                              {"note", row.note.empty() ? codec::Json() : codec::Json(row.note)}});
}

std::string report_text(const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> table{{"WORK", "FIGURE", "UNIT", "RATIO", "TARGET", "MET", "LIMIT"}};
  std::vector<std::string> notes{""};
  for (const Row& row : rows) {
    table.push_back(cells(row));
    notes.push_back(row.note);
  }
  return draw_table(table, notes, {1, 3});
}

bool all_met(const std::vector<Row>& rows) {
  return std::ranges::all_of(rows, [](const Row& row) { return row.is_met().value_or(false); });
}

}  // namespace icn::bench
