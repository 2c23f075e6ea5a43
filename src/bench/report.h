#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/targets.h"
#include "codec/json.h"

namespace icn::bench {

// What one piece of work came to. No figure: it could not be measured, and `note` says why. No limit: the
// peer could not.
struct Row {
  TargetId id;
  std::optional<double> figure;
  std::optional<double> limit;  // the peer's figure; of a fixed target what must be reached
  std::string note;             // for people
  bool has_failed = false;      // requests failed: no figure makes up for it

  // figure / limit; none without either, or when the limit is 0.
  std::optional<double> ratio() const;
  // None: nothing to compare.
  std::optional<bool> is_met() const;
};

// Of a fixed target.
Row fixed_row(TargetId id, double figure, std::string note = {});
// Of a target against a peer whose figure may be missing: `note` says why then.
Row peer_row(TargetId id, double figure, std::optional<double> peer, std::string note = {});
Row missing_row(TargetId id, std::string why);

// {"area","work","figure","unit","limit","limit_name","ratio","target","aim","direction","met","durable",
// "source","note"}. `target` is in the unit of `ratio` against a peer, else in that of `figure`.
codec::Json row_json(const Row& row);
// One line a row, titles first, notes below their row.
std::string report_text(const std::vector<Row>& rows);
// Whether every row has met its target; one that was not measured has not.
bool all_met(const std::vector<Row>& rows);

}  // namespace icn::bench
