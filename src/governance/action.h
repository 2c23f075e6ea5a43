#pragma once

#include <optional>
#include <string>

#include "codec/cid.h"
#include "codec/records.h"

namespace icn::governance {

// One thing a proposal does when it has passed. `type` is the name of a row of actions.h, `data` its fields.
struct Action {
  std::string type;
  codec::Json data;
  std::optional<std::string> option;  // it is done only when this option is among the winners
  static constexpr std::string_view schema_name = "ProposalAction";
  static constexpr auto fields() {
    using codec::field;
    return described(field("type", &Action::type, "UpdateParameter, AdmitMember, ...", {1, 64}),
                     field("data", &Action::data, "fields of the type"),
                     field("option", &Action::option,
                           "of a vote on options: the action is done only when this one wins", {1, 64}));
  }
};

inline constexpr std::size_t kActionsMax = 20;

}  // namespace icn::governance
