#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "codec/schema.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::governance {

// A place in the state that would change. Absent: there is or will be nothing.
struct Difference {
  std::string path;  // "parameters/governance.proposal_fee", "members/local/did:...", "balances/did:..."
  std::optional<codec::Json> before;
  std::optional<codec::Json> after;
  static constexpr std::string_view schema_name = "StateDifference";
  static constexpr auto fields() {
    using codec::field;
    return described(field("path", &Difference::path, "what changes"), field("before", &Difference::before),
                     field("after", &Difference::after));
  }
};

// What `view` holds otherwise than the state below it, as people read it: parameters, members, upgrades,
// amendments, balances, locked mana, penalties, vouches, reputations with their events and appeals,
// credentials, emergencies. What time alone moves (regeneration, fading) is brought to the time of `block` on
// both sides and is none of it.
Result<std::vector<Difference>> differences(const ledger::BlockContext& block, const ledger::View& view);

}  // namespace icn::governance
