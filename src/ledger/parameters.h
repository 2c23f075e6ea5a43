#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/record_space.h"

namespace icn::ledger {

// The numbers the rules use, as the state holds them. A value of one moment; copies are cheap.
struct Parameters {
#define PARAMETER(member, name, production, development, min, max, doc) std::int64_t member = production;
#include "ledger/parameters.def"
#undef PARAMETER
};

struct ParameterRow {
  std::string_view name;
  std::int64_t production;
  std::int64_t development;
  std::int64_t min;
  std::int64_t max;
  std::string_view doc;
  std::int64_t Parameters::*member;
};

std::span<const ParameterRow> parameter_rows();

// The values a new network starts with.
Parameters genesis_parameters(bool development);

// Reads what was set; a parameter the state does not know has its production value.
Result<Parameters> load_parameters(const storage::Reader& state);

// Malformed: unknown name. rule_broken: outside the row's bounds.
Result<void> set_parameter(storage::RecordSpace& state, std::string_view name, std::int64_t value);

}  // namespace icn::ledger
