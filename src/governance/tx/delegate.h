#pragma once

#include "governance/ballot.h"
#include "ledger/transaction_type.h"

namespace icn::governance {

struct DelegationResult {
  std::string delegation_id;
  TimestampSecs valid_until = 0;
  static constexpr std::string_view schema_name = "DelegationResult";
  static constexpr auto fields() {
    using codec::field;
    return described(field("delegation_id", &DelegationResult::delegation_id, "de_ and 32 hex digits"),
                     field("valid_until", &DelegationResult::valid_until,
                           "Unix seconds, later by as long as the network stands still"));
  }
};

// "governance.delegate": where the sender casts no ballot, the vote of `to` counts for them too: of one
// proposal, of some categories, of one scope, or of all. Free of charge. It lapses after
// governance.delegation_secs at the latest; one of just the same subject replaces the one before.
//   check   G006 (to oneself), bad_scope, malformed (no such category)
//   apply   G001, G007 (the sender may not act in the scope), proposal_not_found, G006 (no member, too long,
//           a cycle, more than may be carried), too_many_delegations
struct MakeDelegation {
  struct Body {
    Did to;
    std::optional<std::string> scope;
    std::vector<std::string> categories;
    std::optional<std::string> proposal_id;
    std::optional<TimestampSecs> valid_until;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(field("to", &Body::to, "who is followed"),
                       field("scope", &Body::scope, "absent: all", {1, 200}),
                       defaulted_field("categories", &Body::categories, "none: all", {0, 8}),
                       field("proposal_id", &Body::proposal_id, "of one vote alone", {1, 64}),
                       field("valid_until", &Body::valid_until, "Unix seconds"));
    }
  };
  using Output = DelegationResult;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.revoke_delegation": ends a delegation of the sender.
//   apply   delegation_not_found, G007 (somebody else's), G006 (ended before)
struct RevokeDelegation {
  struct Body {
    std::string delegation_id;
    static constexpr auto fields() {
      return described(codec::field("delegation_id", &Body::delegation_id, "", {1, 64}));
    }
  };
  struct Output {
    std::string delegation_id;
    TimestampSecs revoked_at = 0;
    static constexpr std::string_view schema_name = "DelegationRevoked";
    static constexpr auto fields() {
      return described(codec::field("delegation_id", &Output::delegation_id),
                       codec::field("revoked_at", &Output::revoked_at, "Unix seconds"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

inline constexpr std::string_view kDelegationEvent =
    "DelegationChanged";  // {delegation_id, from, to, revoked}
// Delegations in force of one member.
inline constexpr std::size_t kDelegationsMax = 100;

}  // namespace icn::governance
