#include "federation/tx/init.h"

#include "base/errors.h"
#include "federation/changes.h"
#include "federation/errors.h"
#include "identity/did.h"
#include "ledger/state.h"

namespace icn::federation {

Result<void> InitFederation::check(const ledger::Transaction& transaction, const Body& body) {
  if (transaction.network.size() > kNetworkBytesMax) {
    return Error(errors::kRuleBroken, "network \"" + transaction.network + "\" has more than " +
                                          std::to_string(kNetworkBytesMax) + " bytes");
  }
  for (const FirstValidator& each : body.validators) {
    for (const Did& did : {each.organization, each.operator_did}) {
      if (auto parsed = identity::parse_did(did.text()); !parsed.ok())
        return parsed.error().within("validators");
    }
    ICN_TRY(check_validator_proof(transaction.network, each.organization, each.key));
  }
  return {};
}

Result<void> InitFederation::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY_ASSIGN(existing, kFederation.get(view, kFederationKey));
  if (existing)
    return Error(kFederationExists, "the ledger is that of federation \"" + existing->name + "\"");
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  if (!network || network->operator_did != context.sender())
    return Error(kNotNetworkOperator, "a federation is made by the operator of the node that was alone");
  if (body.validators.front().operator_did != context.sender())
    return Error(kNotOrganization, "validators[0]: must be the sender's");
  return {};
}

Result<InitFederation::Output> InitFederation::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  Federation federation;
  federation.name = body.name;
  federation.charter = body.charter_cid.value_or(codec::Cid());
  federation.policy = body.policy;
  federation.founder = body.validators.front().organization;
  federation.founded_at = context.block.time;
  federation.founded_height = context.block.height;
  ICN_TRY(kFederation.put(view, kFederationKey, federation));
  for (const FirstValidator& each : body.validators) {
    Change change = new_change(context, ChangeKind::kAdmitMember, each.organization);
    change.name = each.name;
    change.operator_did = each.operator_did;
    ICN_TRY(check_applies(view, change));
    ICN_TRY(admit(context, view, change));
    change.kind = ChangeKind::kAddValidator;
    change.validator = each.key;
    ICN_TRY(check_applies(view, change));
    ICN_TRY_ASSIGN(member, kMembers.get(view, each.organization));
    ICN_TRY_ASSIGN(grown, load_federation(view));
    ICN_TRY(put_validator(context.block, view, grown, *member, each.key.public_key, each.key.peer,
                          context.events));
  }
  const std::string network(context.block.network);
  ICN_TRY(ledger::kOrder.put(view, ledger::kOrderKey,
                             {ledger::Order::kFederation, network, context.block.height}));
  const std::uint64_t count = body.validators.size();
  return Output{network, body.name, count, faults_tolerated(count)};
}

}  // namespace icn::federation
