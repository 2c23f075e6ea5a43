#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/table.h"
#include "codec/json.h"

namespace icn::devnet {

enum class Direction { kAtLeast, kAtMost, kShown };

// One row of rows.def; what its columns mean is said there.
struct RowKind {
  const char* group;
  const char* name;
  const char* unit;
  const char* guide;
  Direction direction;
  double must;
  double aim;
  const char* source;
};

enum class RowId {
#define ROW(id, ...) id,
#include "devnet/rows.def"
#undef ROW
};
const RowKind& kind_of(RowId id);

// What a row came to. No figure: it could not be measured, and `note` says why; then nothing is met.
struct Row {
  RowId id;
  std::optional<double> figure;
  std::string note;
  double must = 0;
  bool is_left_out = false;  // of this run's report

  // None: nothing was to be reached.
  std::optional<bool> is_met() const;
};

// The rows of a run of this size: those of rows.def, each set or not measured.
class Report {
 public:
  Report(std::size_t nodes, std::size_t validators, bool has_faults = false);

  void set(RowId id, double figure, std::string note = {});
  void miss(RowId id, std::string why);
  const std::vector<Row>& rows() const { return rows_; }
  bool all_met() const;

  // A table, one line a row; notes of what is not met or not measured below theirs.
  std::string text() const;
  // [{"row","group","figure","unit","guide","must","aim","direction","met","source","note"}]
  codec::Json json() const;

 private:
  std::vector<Row> rows_;
};

using bench::number_text;

}  // namespace icn::devnet
