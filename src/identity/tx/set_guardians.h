#pragma once

#include "identity/guardianship.h"
#include "ledger/transaction.h"

namespace icn::identity {

// "identity.guardians": a person or organisation names who can recover it, or (none, threshold 0) nobody. The
// first ones are in force at once; those that replace others after
// identity.recovery_delay_secs: a thief cannot shut them out.
//   check      did_cannot_change, bad_guardians, not_recoverable; I001, unsupported_did_method
//   precheck   did_not_found, did_deactivated, bad_guardians (the delay), too_many_identity_operations
struct SetGuardians {
  struct Body {
    std::vector<Did> guardians;
    std::uint32_t threshold = 0;
    std::uint64_t delay_secs = kRecoveryDelaySecs;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("guardians", &Body::guardians, "DIDs; none: nobody",
                {0, static_cast<std::int64_t>(kGuardiansMax)}),
          field("threshold", &Body::threshold, "how many must approve", {0, 9}),
          defaulted_field("delay_secs", &Body::delay_secs,
                          "how long a recovery can be taken back; at least identity.recovery_delay_secs",
                          {1, 7'776'000}));
    }
  };
  struct Output {
    Did did;
    std::uint32_t threshold = 0;
    std::vector<Did> guardians;
    TimestampSecs in_force_at = 0;
    static constexpr std::string_view schema_name = "GuardiansSet";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("threshold", &Output::threshold),
                       field("guardians", &Output::guardians),
                       field("in_force_at", &Output::in_force_at, "Unix seconds"));
    }
  };

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::identity
