#pragma once

#include <string>

#include "base/mana.h"
#include "codec/records.h"

namespace icn::federation {

// Of a member that is out: what of its operator's account is still locked. Key: "<release_secs>
// <organisation> <operator>".
struct LeavingStake {
  std::string key;
  Did organization;
  Did operator_did;
  Millimana amount;
  std::uint64_t release_secs = 0;  // running time
  static constexpr auto fields() {
    using codec::field;
    return described(field("key", &LeavingStake::key), field("organization", &LeavingStake::organization),
                     field("operator_did", &LeavingStake::operator_did),
                     field("amount", &LeavingStake::amount),
                     field("release_secs", &LeavingStake::release_secs));
  }
};

// A key that validated and does so no longer: who answers for what it signed. Key: its bytes.
struct FormerValidator {
  Did organization;
  Did operator_did;
  std::uint64_t forget_secs = 0;  // running time
  static constexpr auto fields() {
    using codec::field;
    return described(field("organization", &FormerValidator::organization),
                     field("operator_did", &FormerValidator::operator_did),
                     field("forget_secs", &FormerValidator::forget_secs));
  }
};

}  // namespace icn::federation
