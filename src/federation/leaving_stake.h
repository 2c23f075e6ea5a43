#pragma once

#include <string>

#include "base/mana.h"
#include "codec/records.h"

namespace icn::federation {

// Of a member that is out: what of its operator's account is still locked. Key: "<release_secs>
// <organisation>".
struct LeavingStake {
  std::string key;
  Did organization;
  Did operator_did;
  Millimana amount;
  codec::HexBytes public_key;      // of its validator; empty: it had none
  std::uint64_t release_secs = 0;  // running time
  static constexpr auto fields() {
    using codec::field;
    return described(field("key", &LeavingStake::key), field("organization", &LeavingStake::organization),
                     field("operator_did", &LeavingStake::operator_did),
                     field("amount", &LeavingStake::amount), field("public_key", &LeavingStake::public_key),
                     field("release_secs", &LeavingStake::release_secs));
  }
};

}  // namespace icn::federation
