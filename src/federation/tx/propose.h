#pragma once

#include "federation/changes.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

// "federation.propose": the operator of a validator proposes a change and approves it at once.
//   check      malformed: the members of the body do not fit its kind, or it is not theirs to propose; I001;
//   bad_validator_key
//   precheck   no_federation, not_validator_operator, decided_by_vote, and those of check_applies()
struct ProposeChange {
  struct Body {
    ChangeKind kind = ChangeKind::kAdmitMember;
    Did organization;
    std::optional<std::string> name;
    std::optional<Did> operator_did;
    std::optional<ValidatorKey> validator;
    static constexpr auto fields() {
      using codec::field;
      return described(field("kind", &Body::kind, "what is to change"),
                       field("organization", &Body::organization, "DID of the organisation it is about"),
                       field("name", &Body::name, "admit_member: for people", {1, 64}),
                       field("operator_did", &Body::operator_did, "admit_member: who acts for it"),
                       field("validator", &Body::validator, "add_validator: its key"));
    }
  };
  using Output = ChangeResult;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "federation.approve": the operator of another validator approves. The one that makes them more than 2/3
// brings the change into force; doing it again only counts anew.
//   precheck   no_federation, not_validator_operator, change_not_found, change_closed, decided_by_vote
//   apply      those of check_applies()
struct ApproveChange {
  struct Body {
    std::string change_id;
    static constexpr auto fields() {
      return described(codec::field("change_id", &Body::change_id, "ch_ and 32 hex digits", {1, 64}));
    }
  };
  using Output = ChangeResult;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
