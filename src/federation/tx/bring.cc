#include "federation/tx/bring.h"

#include "base/errors.h"
#include "federation/errors.h"
#include "identity/errors.h"
#include "ledger/state.h"

namespace icn::federation {

Result<void> BringRecords::check(const ledger::Transaction& transaction, const Body& body) {
  if (body.network == transaction.network)
    return Error(errors::kMalformed, "network: is this network; what it holds need not be brought");
  // What is in them is looked at in apply: hundreds of signatures are not verified for whoever sends one.
  for (const auto& history : body.histories) {
    if (history.empty()) return Error(identity::kBadDidHistory, "a history has at least one version");
    if (history.size() > identity::kPastChangesMax)
      return Error(identity::kBadDidHistory,
                   "a history of more than " + std::to_string(identity::kPastChangesMax) + " versions");
  }
  for (const Did& person : body.people) {
    if (auto did = identity::parse_did(person.text()); !did.ok()) return did.error().within("people");
  }
  return {};
}

Result<void> BringRecords::precheck(const ledger::ApplyContext& context, const Body& body,
                                    const ledger::View& view) {
  ICN_TRY(load_federation(view));
  ICN_TRY_ASSIGN(member, member_of_operator(view, context.sender()));
  if (!member) return Error(kNotMemberOperator, context.sender().text() + " acts for no member");
  for (const auto& history : body.histories) {
    if (history.back().at > context.block.time)
      return Error(identity::kBadDidHistory, "a version is of a time that has not come");
  }
  return {};
}

Result<BringRecords::Output> BringRecords::apply(const ledger::ApplyContext& context, const Body& body,
                                                 ledger::View& view) {
  Output output;
  for (const auto& history : body.histories) {
    ICN_TRY_ASSIGN(versions, identity::rebuild_versions(body.network, history));
    ICN_TRY_ASSIGN(is_new, identity::bring_versions(view, versions));
    if (is_new) ++output.dids;
  }
  ICN_TRY_ASSIGN(member, member_of_operator(view, context.sender()));
  if (!member) return Error(kNotMemberOperator, context.sender().text() + " acts for no member");
  for (const Did& person : body.people) {
    ICN_TRY_ASSIGN(is_known, kPeople.contains(view, {member->organization, person}));
    if (is_known) continue;
    ICN_TRY(kPeople.put(view, {member->organization, person},
                        {member->organization, person, context.block.time}));
    ICN_TRY(context.economy.grant_start(context.block, view, person, context.transaction.id().text()));
    ++member->people_count;
    ++output.people;
  }
  ICN_TRY(kMembers.put(view, member->organization, *member));
  return output;
}

Result<void> SealLedger::check(const ledger::Transaction& transaction, const Body& body) {
  if (body.network != transaction.network) return {};
  return Error(errors::kMalformed, "network: a ledger cannot go on in itself");
}

Result<void> SealLedger::precheck(const ledger::ApplyContext& context, const Body&,
                                  const ledger::View& view) {
  ICN_TRY_ASSIGN(federation, kFederation.get(view, kFederationKey));
  if (federation) return Error(kFederationExists, "the ledger of a federation is nobody's to seal");
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  if (!network || network->operator_did != context.sender())
    return Error(kNotNetworkOperator, "a ledger is sealed by the operator of its node");
  return {};
}

Result<SealLedger::Output> SealLedger::apply(const ledger::ApplyContext& context, const Body& body,
                                             ledger::View& view) {
  ICN_TRY(ledger::kOrder.put(view, ledger::kOrderKey,
                             {ledger::Order::kSealed, body.network, context.block.height}));
  return Output{body.network};
}

}  // namespace icn::federation
