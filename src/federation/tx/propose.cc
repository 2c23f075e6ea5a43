#include "federation/tx/propose.h"

#include "base/errors.h"
#include "federation/errors.h"
#include "identity/did.h"

namespace icn::federation {
namespace {

Result<void> require_operator(const ledger::ApplyContext& context, const ledger::View& view) {
  ICN_TRY(load_federation(view));
  ICN_TRY_ASSIGN(validators, load_validators(view));
  if (find_operator(validators, context.sender()) != nullptr) return {};
  return Error(kNotValidatorOperator, context.sender().text() + " operates no validator of this federation");
}

Result<void> check_operators_decide(const ledger::View& view, const Change& change) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  if (!is_decided_by_vote(federation, change)) return {};
  return Error(kDecidedByVote, change.organization.text() +
                                   " comes in by a proposal with AdmitMember in the federation's scope");
}

Result<void> check_members_fit(const ProposeChange::Body& body) {
  if (body.kind == ChangeKind::kLiftPenalty)
    return Error(errors::kMalformed, "kind: who is punished asks for it, with federation.contest");
  const bool admits = body.kind == ChangeKind::kAdmitMember;
  const bool adds = body.kind == ChangeKind::kAddValidator;
  const auto fit = [&](bool is_there, bool wanted, const char* name) -> Result<void> {
    if (is_there == wanted) return {};
    return Error(errors::kMalformed, std::string(name) + ": " +
                                         (wanted ? "is required for " : "has no place in ") +
                                         std::string(codec::enum_name(body.kind)));
  };
  ICN_TRY(fit(body.name.has_value(), admits, "name"));
  ICN_TRY(fit(body.operator_did.has_value(), admits, "operator_did"));
  return fit(body.validator.has_value(), adds, "validator");
}

Change change_of(const ledger::ApplyContext& context, const ProposeChange::Body& body) {
  Change change = new_change(context, body.kind, body.organization);
  change.name = body.name.value_or("");
  change.operator_did = body.operator_did.value_or(Did());
  change.validator = body.validator;
  return change;
}

}  // namespace

Result<void> ProposeChange::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_members_fit(body));
  if (auto did = identity::parse_did(body.organization.text()); !did.ok())
    return did.error().within("organization");
  if (body.operator_did) {
    if (auto did = identity::parse_did(body.operator_did->text()); !did.ok())
      return did.error().within("operator_did");
  }
  if (!body.validator) return {};
  return check_validator_proof(transaction.network, body.organization, *body.validator);
}

Result<void> ProposeChange::precheck(const ledger::ApplyContext& context, const Body& body,
                                     const ledger::View& view) {
  ICN_TRY(require_operator(context, view));
  const Change change = change_of(context, body);
  ICN_TRY(check_operators_decide(view, change));
  return check_applies(view, change);
}

Result<ProposeChange::Output> ProposeChange::apply(const ledger::ApplyContext& context, const Body& body,
                                                   ledger::View& view) {
  return approve(context, view, change_of(context, body), context.sender());
}

Result<void> ApproveChange::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> ApproveChange::precheck(const ledger::ApplyContext& context, const Body& body,
                                     const ledger::View& view) {
  ICN_TRY(require_operator(context, view));
  ICN_TRY_ASSIGN(change, kChanges.get(view, body.change_id));
  if (!change) return Error(kChangeNotFound, "there is no change \"" + body.change_id + "\"");
  const ChangeStatus status = status_of(*change, context.block.running_secs());
  if (status == ChangeStatus::kOpen) return check_operators_decide(view, *change);
  return Error(kChangeClosed,
               body.change_id + (status == ChangeStatus::kApplied ? " is in force already"
                                                                  : " has expired; propose it again"));
}

Result<ApproveChange::Output> ApproveChange::apply(const ledger::ApplyContext& context, const Body& body,
                                                   ledger::View& view) {
  ICN_TRY_ASSIGN(change, kChanges.get(view, body.change_id));
  if (!change) return Error(kChangeNotFound, "there is no change \"" + body.change_id + "\"");
  return approve(context, view, std::move(*change), context.sender());
}

}  // namespace icn::federation
