#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/report.h"

namespace icn::bench {

// What a row came to in an earlier run, and comes to now.
struct Change {
  double was = 0;
  double now = 0;
  bool is_ratio = false;   // against the peer of each run, which says the same of a slower machine
  double times_worse = 1;  // below 1: better
};

// An earlier report of `icn bench --json`.
class Baseline {
 public:
  // malformed: no array of rows with "area", "work", "figure" and "ratio"
  static Result<Baseline> parse(std::string_view report);

  // None: one of the two was not measured, or the earlier report has no such row. Ratios are compared where
  // both runs had the same peer, else figures. Requests that failed, and something out of nothing or nothing
  // out of something, count as kOutOfAllProportion.
  std::optional<Change> change(const Row& row) const;

  static constexpr double kOutOfAllProportion = 1'000;

 private:
  struct Kept {
    std::optional<double> figure;
    std::optional<double> ratio;
    std::string limit_name;
  };
  std::map<std::pair<std::string, std::string>, Kept> rows_;  // by area and work
};

// As row_json(), and where there is a change "was", "times_worse" and "worse": more than `alert_percent` /
// 100 times.
codec::Json row_json(const Row& row, const std::optional<Change>& change, std::uint64_t alert_percent);
// A line for each row that has a change, the worst first; below the titles. How many rows have none stands at
// the end.
std::string changes_text(const Baseline& baseline, const std::vector<Row>& rows, std::uint64_t alert_percent);
// Whether no row has become worse than that.
bool none_worse(const Baseline& baseline, const std::vector<Row>& rows, std::uint64_t alert_percent);

}  // namespace icn::bench
