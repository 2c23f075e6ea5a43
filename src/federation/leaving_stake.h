#pragma once

#include <string>

#include "base/clock.h"
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

// Who acted for a member that is out: its node goes on alone with the records of this organisation's people.
// Key: the operator. Gone once it acts for a member again.
struct FormerMember {
  Did organization;
  TimestampSecs left_at = 0;
  static constexpr auto fields() {
    return described(codec::field("organization", &FormerMember::organization),
                     codec::field("left_at", &FormerMember::left_at));
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
