#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/records.h"

namespace icn::governance {

struct AmendedParameter {
  std::string name;
  std::int64_t before = 0;
  std::int64_t after = 0;
  static constexpr std::string_view schema_name = "AmendedParameter";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &AmendedParameter::name), field("before", &AmendedParameter::before),
                     field("after", &AmendedParameter::after));
  }
};

// What a protocol amendment did, in the order it did it. Key: the proposal.
struct Amendment {
  std::string proposal_id;
  std::uint64_t carried_out_secs = 0;  // running time
  std::vector<AmendedParameter> parameters;
  std::vector<std::string> versions;
  std::string rolled_back_by;  // proposal; empty: it stands
  static constexpr std::string_view schema_name = "Amendment";
  static constexpr auto fields() {
    using codec::field;
    return described(field("proposal_id", &Amendment::proposal_id),
                     field("carried_out_secs", &Amendment::carried_out_secs, "running time"),
                     field("parameters", &Amendment::parameters), field("versions", &Amendment::versions),
                     field("rolled_back_by", &Amendment::rolled_back_by, "empty: it stands"));
  }
};

}  // namespace icn::governance
