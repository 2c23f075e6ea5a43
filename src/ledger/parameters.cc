#include "ledger/parameters.h"

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "ledger/state.h"

namespace icn::ledger {
namespace {

constexpr auto kRows = std::to_array<ParameterRow>({
#define PARAMETER(member, name, production, development, min, max, doc) \
  {name, production, development, min, max, doc, &Parameters::member},
#include "ledger/parameters.def"
#undef PARAMETER
});

}  // namespace

std::span<const ParameterRow> parameter_rows() { return kRows; }

Parameters genesis_parameters(bool development) {
  Parameters parameters;
  for (const ParameterRow& row : kRows)
    parameters.*(row.member) = development ? row.development : row.production;
  return parameters;
}

Result<Parameters> load_parameters(const storage::Reader& state) {
  Parameters parameters;
  ICN_TRY_ASSIGN(rows, kParameters.scan(state, {}));
  while (true) {
    ICN_TRY_ASSIGN(stored, rows.next());
    if (!stored) return parameters;
    const auto row = std::ranges::find(kRows, stored->name, &ParameterRow::name);
    if (row != kRows.end()) parameters.*(row->member) = stored->value;
  }
}

Result<void> set_parameter(storage::RecordSpace& state, std::string_view name, std::int64_t value) {
  const auto row = std::ranges::find(kRows, name, &ParameterRow::name);
  if (row == kRows.end())
    return Error(errors::kMalformed, "there is no parameter \"" + std::string(name) + "\"");
  if (value < row->min || value > row->max) {
    return Error(errors::kRuleBroken, std::string(name) + " must be from " + std::to_string(row->min) +
                                          " to " + std::to_string(row->max) + ", not " +
                                          std::to_string(value));
  }
  return kParameters.put(state, std::string(name), {std::string(name), value});
}

}  // namespace icn::ledger
