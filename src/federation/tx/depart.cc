#include "federation/tx/depart.h"

#include "base/errors.h"
#include "federation/errors.h"
#include "federation/stake.h"
#include "federation/validators.h"
#include "governance/members.h"
#include "ledger/state.h"

namespace icn::federation {
namespace {

template <typename Key, typename Record>
Result<void> clear(const ledger::Table<Key, Record>& table, ledger::View& view) {
  std::vector<Key> keys;
  {
    ICN_TRY_ASSIGN(rows, table.scan(view, {}));
    while (true) {
      ICN_TRY_ASSIGN(row, rows.next());
      if (!row) break;
      Key key;
      if (!storage::parse_key(rows.key(), key)) return Error(storage::kCorrupt, "a key cannot be read");
      keys.push_back(std::move(key));
    }
  }
  for (const Key& key : keys) ICN_TRY(table.erase(view, key));
  return {};
}

// Nobody speaks for another organisation any more.
Result<void> end_seats(const ledger::ApplyContext& context, ledger::View& view) {
  std::vector<Did> operators;
  {
    ICN_TRY_ASSIGN(rows, kMembers.scan(view, {}));
    while (true) {
      ICN_TRY_ASSIGN(member, rows.next());
      if (!member) break;
      operators.push_back(std::move(member->operator_did));
    }
  }
  const std::string_view network = context.block.network;
  for (const Did& each : operators)
    ICN_TRY(
        governance::depart(context.block, view, governance::federation_scope(network), each, context.events));
  ICN_TRY_ASSIGN(validators, load_validators(view));
  for (const Validator& each : validators)
    ICN_TRY(governance::depart(context.block, view, governance::validators_scope(network), each.operator_did,
                               context.events));
  return {};
}

}  // namespace

Result<void> DepartFromFederation::check(const ledger::Transaction& transaction, const Body& body) {
  if (body.network != transaction.network) return {};
  return Error(errors::kMalformed, "network: must be another one than the federation's");
}

Result<void> DepartFromFederation::precheck(const ledger::ApplyContext& context, const Body&,
                                            const ledger::View& view) {
  ICN_TRY(load_federation(view));
  ICN_TRY_ASSIGN(member, member_of_operator(view, context.sender()));
  if (!member) return {};
  return Error(kMemberExists,
               context.sender().text() + " acts for " + member->organization.text() + "; leave first");
}

Result<DepartFromFederation::Output> DepartFromFederation::apply(const ledger::ApplyContext& context,
                                                                 const Body& body, ledger::View& view) {
  ICN_TRY(free_all_stakes(context, view));
  ICN_TRY(end_seats(context, view));
  ICN_TRY(clear(kValidators, view));
  ICN_TRY(clear(kMembers, view));
  ICN_TRY(clear(kChanges, view));
  ICN_TRY(clear(kSpentTickets, view));
  ICN_TRY(kFederation.erase(view, kFederationKey));
  ICN_TRY(ledger::kOrder.erase(view, ledger::kOrderKey));
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  if (!network) return Error(errors::kInternal, "the state has no network record");
  network->network = body.network;
  network->operator_did = context.sender();
  ICN_TRY(ledger::kNetwork.put(view, "network", *network));
  return Output{body.network};
}

}  // namespace icn::federation
