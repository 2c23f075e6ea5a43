#pragma once

#include "governance/emergency.h"
#include "ledger/transaction_type.h"

namespace icn::governance {

// "governance.declare_emergency": one of the committee declares an emergency, or joins the declaration of the
// same kind by others; with three of them (of a federation with 71 % of its committee) its powers begin. The
// first who signs locks governance.emergency_stake. A declaration nobody joins lapses after
// governance.emergency_pause_secs, which also lie between two uses.
//   check   bad_scope, malformed (no evidence)
//   apply   wrong_scope (powers are over the whole network), G001, G007 (not of the committee),
//   already_declared, emergency_paused, emergency_active,
//           exceeds_balance
struct DeclareEmergency {
  struct Body {
    std::string scope = "local";
    EmergencyKind kind = EmergencyKind::kAnomaly;
    codec::Cid evidence_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(codec::defaulted_field("scope", &Body::scope, "default: local", {1, 200}),
                       field("kind", &Body::kind),
                       field("evidence_cid", &Body::evidence_cid, "public block"));
    }
  };
  struct Output {
    std::string emergency_id;
    EmergencyState state = EmergencyState::kDeclared;
    std::uint64_t signatures = 0;
    std::uint64_t needed = 0;
    std::optional<TimestampSecs> ends_at;
    static constexpr std::string_view schema_name = "EmergencyDeclared";
    static constexpr auto fields() {
      using codec::field;
      return described(field("emergency_id", &Output::emergency_id, "em_ and 32 hex digits"),
                       field("state", &Output::state), field("signatures", &Output::signatures),
                       field("needed", &Output::needed),
                       field("ends_at", &Output::ends_at, "Unix seconds, once it is active"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// Signatures that begin the powers where `members` form the committee.
constexpr std::uint64_t emergency_signatures(bool is_federation, std::uint64_t members) {
  const std::uint64_t share = (71 * members + 99) / 100;
  return is_federation && share > 3 ? share : 3;
}

}  // namespace icn::governance
