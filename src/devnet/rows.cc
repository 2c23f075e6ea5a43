#include "devnet/rows.h"

#include <algorithm>

namespace icn::devnet {
namespace {

constexpr RowKind kKinds[] = {
#define ROW(id, group, name, unit, guide, direction, must, aim, source) \
  {group, name, unit, guide, Direction::direction, must, aim, source},
#include "devnet/rows.def"
#undef ROW
};

// Of issue 4: 0.3 s with 4 validators, 0.5 s with 10.
double finality_must(std::size_t validators) { return validators <= 4 ? 0.3 : 0.5; }

codec::Json number_json(double value) { return codec::Json(codec::Json::Number{number_text(value)}); }

const char* direction_text(Direction direction) {
  return direction == Direction::kAtLeast  ? "at_least"
         : direction == Direction::kAtMost ? "at_most"
                                           : "shown";
}

std::string must_text(const Row& row) {
  const Direction direction = kind_of(row.id).direction;
  if (direction == Direction::kShown) return "-";
  return (direction == Direction::kAtLeast ? ">= " : "<= ") + number_text(row.must);
}

std::vector<std::string> cells(const Row& row) {
  const RowKind& kind = kind_of(row.id);
  const auto met = row.is_met();
  return {kind.name,      row.figure ? number_text(*row.figure) : "-",
          kind.unit,      *kind.guide == '\0' ? "-" : kind.guide,
          must_text(row), met ? (*met ? "yes" : "NO") : "-"};
}

}  // namespace

const RowKind& kind_of(RowId id) { return kKinds[static_cast<std::size_t>(id)]; }

std::optional<bool> Row::is_met() const {
  const RowKind& kind = kind_of(id);
  if (kind.direction == Direction::kShown || is_left_out) return std::nullopt;
  if (!figure) return false;
  return kind.direction == Direction::kAtLeast ? *figure >= must : *figure <= must;
}

Report::Report(std::size_t nodes, std::size_t validators, bool has_faults) {
  for (std::size_t i = 0; i < std::size(kKinds); ++i) {
    rows_.push_back({static_cast<RowId>(i), std::nullopt, "not measured", kKinds[i].must});
  }
  rows_[static_cast<std::size_t>(RowId::kRecovery)].is_left_out = !has_faults;
  rows_[static_cast<std::size_t>(RowId::kHistory)].must = static_cast<double>(nodes);
  rows_[static_cast<std::size_t>(RowId::kPeers)].must = static_cast<double>(nodes - 1);
  for (const RowId id : {RowId::kFinality, RowId::kFinalityIdle}) {
    rows_[static_cast<std::size_t>(id)].must = finality_must(validators);
  }
}

void Report::set(RowId id, double figure, std::string note) {
  Row& row = rows_[static_cast<std::size_t>(id)];
  row.figure = figure;
  row.note = std::move(note);
}

void Report::miss(RowId id, std::string why) {
  Row& row = rows_[static_cast<std::size_t>(id)];
  row.figure.reset();
  row.note = "not measured: " + std::move(why);
}

bool Report::all_met() const {
  return std::ranges::all_of(rows_, [](const Row& row) { return row.is_met().value_or(true); });
}

std::string Report::text() const {
  std::vector<std::vector<std::string>> table{{"ROW", "FIGURE", "UNIT", "GUIDE", "MUST", "MET"}};
  std::vector<std::string> notes{""};
  for (const Row& row : rows_) {
    if (row.is_left_out) continue;
    table.push_back(cells(row));
    notes.push_back(row.note);
  }
  return bench::draw_table(table, notes, {1});
}

codec::Json Report::json() const {
  codec::Json::Array out;
  for (const Row& row : rows_) {
    if (row.is_left_out) continue;
    const RowKind& kind = kind_of(row.id);
    const bool is_shown = kind.direction == Direction::kShown;
    const auto met = row.is_met();
    out.push_back(
        codec::Json::object({{"row", kind.name},
                             {"group", kind.group},
                             {"figure", row.figure ? number_json(*row.figure) : codec::Json()},
                             {"unit", kind.unit},
                             {"guide", *kind.guide == '\0' ? codec::Json() : codec::Json(kind.guide)},
                             {"must", is_shown ? codec::Json() : number_json(row.must)},
                             {"aim", is_shown ? codec::Json() : number_json(kind.aim)},
                             {"direction", direction_text(kind.direction)},
                             {"met", met ? codec::Json(*met) : codec::Json()},
                             {"source", *kind.source == '\0' ? codec::Json() : codec::Json(kind.source)},
                             {"note", row.note.empty() ? codec::Json() : codec::Json(row.note)}}));
  }
  return codec::Json(std::move(out));
}

}  // namespace icn::devnet
