#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "codec/records.h"

namespace icn::governance {

// A parameter was changed by a vote. Key (name, number of the change of this name, from 1 on).
struct ParameterChange {
  std::string name;
  std::uint64_t number = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::string proposal_id;
  TimestampSecs at = 0;
  std::uint64_t height = 0;
  static constexpr std::string_view schema_name = "ParameterChange";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &ParameterChange::name),
                     field("number", &ParameterChange::number, "of the changes of this name, from 1 on"),
                     field("before", &ParameterChange::before), field("after", &ParameterChange::after),
                     field("proposal_id", &ParameterChange::proposal_id),
                     field("at", &ParameterChange::at, "Unix seconds"),
                     field("height", &ParameterChange::height, "of the block"));
  }
};
using ParameterChangeKey = std::tuple<std::string, std::uint64_t>;

// A version of the software that was decided for. Key: the version.
struct SoftwareUpgrade {
  std::string version;
  std::string proposal_id;
  TimestampSecs at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("version", &SoftwareUpgrade::version),
                     field("proposal_id", &SoftwareUpgrade::proposal_id), field("at", &SoftwareUpgrade::at));
  }
};

}  // namespace icn::governance
