#include "bench/baseline.h"

#include <algorithm>

#include "base/errors.h"
#include "bench/table.h"

namespace icn::bench {
namespace {

bool is_worse(const Change& change, std::uint64_t alert_percent) {
  return change.times_worse * 100 > static_cast<double>(alert_percent);
}

double times_worse(Direction direction, double was, double now) {
  if (direction == Direction::kAtLeast) std::swap(was, now);
  // From here on more is worse.
  if (now <= was) return was == 0 ? 1 : now / was;
  return was == 0 ? Baseline::kOutOfAllProportion : std::min(now / was, Baseline::kOutOfAllProportion);
}

Result<std::optional<double>> number_of(const codec::Json& row, std::string_view name) {
  const codec::Json* const value = row.find(name);
  if (value == nullptr || value->is_null()) return std::optional<double>();
  if (value->number() == nullptr)
    return Error(errors::kMalformed, std::string(name) + " is " + std::string(value->kind()));
  ICN_TRY_ASSIGN(number, codec::read_double(*value->number()));
  return std::optional<double>(number);
}

std::string text_of(const codec::Json& row, std::string_view name) {
  const codec::Json* const value = row.find(name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

}  // namespace

Result<Baseline> Baseline::parse(std::string_view report) {
  ICN_TRY_ASSIGN(json, codec::parse_json(report));
  if (json.array() == nullptr) return Error(errors::kMalformed, "no report of `icn bench --json`");
  Baseline out;
  for (const codec::Json& each : *json.array()) {
    if (each.object() == nullptr || text_of(each, "work").empty())
      return Error(errors::kMalformed, "no report of `icn bench --json`: a row without \"work\"");
    Kept kept;
    ICN_TRY_ASSIGN(figure, number_of(each, "figure"));
    ICN_TRY_ASSIGN(ratio, number_of(each, "ratio"));
    kept = {figure, ratio, text_of(each, "limit_name")};
    out.rows_[{text_of(each, "area"), text_of(each, "work")}] = std::move(kept);
  }
  return out;
}

std::optional<Change> Baseline::change(const Row& row) const {
  const Target& goal = target(row.id);
  const auto found = rows_.find({goal.area, goal.work});
  if (found == rows_.end()) return std::nullopt;
  const Kept& before = found->second;
  Change out;
  out.is_ratio =
      goal.against == Against::kPeer && row.ratio() && before.ratio && before.limit_name == goal.limit_name;
  const std::optional<double> was = out.is_ratio ? before.ratio : before.figure;
  const std::optional<double> now = out.is_ratio ? row.ratio() : row.figure;
  if (!was || (!now && !row.has_failed)) return std::nullopt;
  out.was = *was;
  out.now = now.value_or(0);
  out.times_worse =
      row.has_failed ? kOutOfAllProportion : bench::times_worse(goal.direction, out.was, out.now);
  return out;
}

codec::Json row_json(const Row& row, const std::optional<Change>& change, std::uint64_t alert_percent) {
  codec::Json out = row_json(row);
  if (!change) return out;
  out.set("was", codec::Json(codec::Json::Number{number_text(change->was)}));
  out.set("times_worse", codec::Json(codec::Json::Number{number_text(change->times_worse)}));
  out.set("worse", is_worse(*change, alert_percent));
  return out;
}

std::string changes_text(const Baseline& baseline, const std::vector<Row>& rows,
                         std::uint64_t alert_percent) {
  std::vector<std::pair<Change, const Row*>> changes;
  for (const Row& row : rows) {
    if (const auto change = baseline.change(row)) changes.emplace_back(*change, &row);
  }
  std::ranges::stable_sort(changes, [](const auto& left, const auto& right) {
    return left.first.times_worse > right.first.times_worse;
  });
  std::vector<std::vector<std::string>> lines{
      {"AGAINST THE EARLIER RUN", "WAS", "NOW", "UNIT", "TIMES AS BAD", ""}};
  for (const auto& [change, row] : changes) {
    lines.push_back({target(row->id).work, number_text(change.was), number_text(change.now),
                     change.is_ratio ? "of its peer" : target(row->id).unit, number_text(change.times_worse),
                     is_worse(change, alert_percent) ? "WORSE" : ""});
  }
  std::string out = draw_table(lines, std::vector<std::string>(lines.size()), {1, 2, 4});
  if (const std::size_t others = rows.size() - changes.size(); others > 0)
    out += "not compared: " + std::to_string(others) +
           ", which that report lacks or one of the two did not measure\n";
  return out;
}

bool none_worse(const Baseline& baseline, const std::vector<Row>& rows, std::uint64_t alert_percent) {
  return std::ranges::none_of(rows, [&](const Row& row) {
    const auto change = baseline.change(row);
    return change && is_worse(*change, alert_percent);
  });
}

}  // namespace icn::bench
