#include "bench/report.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace icn::bench {
namespace {

// Four digits that count; whole from 1,000 on.
std::string number_text(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), value >= 1000 || value <= -1000 ? "%.0f" : "%.4g", value);
  return text.data();
}

codec::Json number_json(std::optional<double> value) {
  return value ? codec::Json(codec::Json::Number{number_text(*value)}) : codec::Json();
}

std::string cell(std::optional<double> value) { return value ? number_text(*value) : "-"; }

std::string sign(Direction direction) { return direction == Direction::kAtLeast ? ">= " : "<= "; }

std::array<std::string, 7> cells(const Row& row) {
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

std::string lines_of(const std::vector<std::array<std::string, 7>>& table, const std::vector<Row>& rows) {
  std::array<std::size_t, 7> widths{};
  for (const auto& line : table) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string out;
  for (std::size_t at = 0; at < table.size(); ++at) {
    std::string line;
    for (std::size_t i = 0; i < table[at].size(); ++i) {
      const std::string pad(widths[i] - table[at][i].size(), ' ');
      const bool is_number = i == 1 || i == 3;
      line += (is_number ? pad + table[at][i] : table[at][i] + pad) + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (at > 0 && !rows[at - 1].note.empty()) out += "    " + rows[at - 1].note + "\n";
  }
  return out;
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
  std::vector<std::array<std::string, 7>> table{
      {"WORK", "FIGURE", "UNIT", "RATIO", "TARGET", "MET", "LIMIT"}};
  for (const Row& row : rows) table.push_back(cells(row));
  return lines_of(table, rows);
}

bool all_met(const std::vector<Row>& rows) {
  return std::ranges::all_of(rows, [](const Row& row) { return row.is_met().value_or(false); });
}

}  // namespace icn::bench
