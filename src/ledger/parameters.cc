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

// The row of a name; the state names each at every reading, so that searching them all in turn shows.
const ParameterRow* find_row(std::string_view name) {
  static const auto by_name = [] {
    std::array<const ParameterRow*, kRows.size()> out;
    std::ranges::transform(kRows, out.begin(), [](const ParameterRow& row) { return &row; });
    std::ranges::sort(out, {}, &ParameterRow::name);
    return out;
  }();
  const auto found = std::ranges::lower_bound(by_name, name, {}, &ParameterRow::name);
  return found != by_name.end() && (*found)->name == name ? *found : nullptr;
}

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
    if (const ParameterRow* row = find_row(stored->name)) parameters.*(row->member) = stored->value;
  }
}

Result<void> set_parameter(storage::RecordSpace& state, std::string_view name, std::int64_t value) {
  const ParameterRow* row = find_row(name);
  if (row == nullptr) return Error(errors::kMalformed, "there is no parameter \"" + std::string(name) + "\"");
  if (value < row->min || value > row->max) {
    return Error(errors::kRuleBroken, std::string(name) + " must be from " + std::to_string(row->min) +
                                          " to " + std::to_string(row->max) + ", not " +
                                          std::to_string(value));
  }
  return kParameters.put(state, std::string(name), {std::string(name), value});
}

}  // namespace icn::ledger
