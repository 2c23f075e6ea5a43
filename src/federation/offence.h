#pragma once

#include <string>

#include "base/clock.h"
#include "base/mana.h"
#include "codec/records.h"

namespace icn::federation {

// What the engine found against a validator, and what it costs its operator. Key (address, engine height,
// kind): found once, punished once.
struct Offence {
  std::string kind;  // "duplicate_vote", "light_client_attack"
  Did organization;
  Did operator_did;
  std::uint64_t engine_height = 0;
  TimestampSecs found_at = 0;   // of the block
  Millimana locked;             // of the operator's account, until burn_secs
  std::uint64_t burn_secs = 0;  // running time
  Millimana burned;
  TimestampSecs lifted_at = 0;  // the validators' operators took it back; 0: they did not
  static constexpr auto fields() {
    using codec::field;
    return described(field("kind", &Offence::kind), field("organization", &Offence::organization),
                     field("operator_did", &Offence::operator_did),
                     field("engine_height", &Offence::engine_height), field("found_at", &Offence::found_at),
                     field("locked", &Offence::locked), field("burn_secs", &Offence::burn_secs),
                     field("burned", &Offence::burned), field("lifted_at", &Offence::lifted_at));
  }
};

}  // namespace icn::federation
