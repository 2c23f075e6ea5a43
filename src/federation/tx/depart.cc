#include "federation/tx/depart.h"

#include <set>

#include "base/errors.h"
#include "credentials/departure.h"
#include "economics/books.h"
#include "economics/departure.h"
#include "federation/directory/profile.h"
#include "federation/directory/trust.h"
#include "federation/errors.h"
#include "federation/misconduct.h"
#include "federation/stake.h"
#include "federation/validators.h"
#include "governance/departure.h"
#include "governance/members.h"
#include "governance/tables.h"
#include "identity/departure.h"
#include "ledger/state.h"
#include "mesh/departure.h"
#include "reputation/departure.h"

namespace icn::federation {
namespace {

template <typename Key, typename Record>
Result<void> clear(const ledger::Table<Key, Record>& table, ledger::View& view) {
  ICN_TRY(ledger::sweep(view, table, [](const Key&, const Record&) { return true; }));
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

// Whose records go with the node: people of the organisation, what they control, and its pool.
Result<std::set<Did>> kept_dids(const ledger::View& view, const Did& operator_did, const Did& organization,
                                const std::string& home) {
  std::set<Did> kept{operator_did, organization};
  ICN_TRY_ASSIGN(brought, ledger::pick(view, kPeople, [&](const Person& each) {
                   return each.organization == organization;
                 }));
  for (const Person& each : brought) kept.insert(each.person);
  ICN_TRY_ASSIGN(members, governance::people_of(view, home));
  kept.insert(members.begin(), members.end());
  ICN_TRY(identity::add_controlled(view, kept));
  ICN_TRY_ASSIGN(scope, governance::kScopes.get(view, home));
  if (scope) kept.insert(scope->pool);
  return kept;
}

// What others are punished for is theirs to contest elsewhere; what the operator itself is, burns here.
Result<void> leave_offences(const ledger::ApplyContext& context, ledger::View& view,
                            const std::set<Did>& kept) {
  std::vector<std::string> open;
  ICN_TRY(ledger::sweep(view, kOffences, [&](const OffenceKey& key, const Offence& each) {
    if (!kept.contains(each.operator_did) && each.locked.value > 0) open.push_back(offence_name(key));
    return false;
  }));
  for (const std::string& name : open) ICN_TRY(lift_penalty(context.block, name, view, context.events));
  ICN_TRY(ledger::sweep(view, kOffences, [&](const OffenceKey&, const Offence& each) {
    return !kept.contains(each.operator_did);
  }));
  return {};
}

// What others say of themselves and of whom they trust.
Result<void> leave_directory(const ledger::Departure& departure) {
  const auto is_gone = [&](const Did& did) { return !departure.is_kept(did); };
  ICN_TRY(ledger::sweep(departure.view, kCooperatives,
                        [&](const Did& did, const Cooperative&) { return is_gone(did); }));
  ICN_TRY(ledger::sweep(departure.view, kOfferings,
                        [&](const auto& key, const auto&) { return is_gone(std::get<1>(key)); }));
  ICN_TRY(ledger::sweep(departure.view, kTrustEdges,
                        [&](const auto& key, const auto&) { return is_gone(std::get<0>(key)); }));
  ICN_TRY(
      ledger::sweep(departure.view, kTrustCounts, [&](const Did& did, const auto&) { return is_gone(did); }));
  return {};
}

// Each domain's, in an order in which whoever is paid back still has an account.
Result<void> leave_records(const ledger::ApplyContext& context, ledger::View& view, const std::set<Did>& kept,
                           const std::string& home, DepartFromFederation::Output& output) {
  const ledger::IsKept is_kept = [&](const Did& did) { return kept.contains(did); };
  const ledger::Departure departure{context.block, view, context.events, is_kept};
  ICN_TRY_ASSIGN(jobs, mesh::leave_jobs(departure));
  output.jobs_left = jobs;
  ICN_TRY_ASSIGN(proposals, governance::leave_scopes(departure, home));
  output.proposals_left = proposals;
  ICN_TRY_ASSIGN(issuers, credentials::issuers_for(view, kept));
  ICN_TRY_ASSIGN(credentials, credentials::leave_credentials(departure));
  output.credentials_left = credentials;
  ICN_TRY(reputation::leave_reputations(departure));
  const ledger::IsKept is_known = [&](const Did& did) { return kept.contains(did) || issuers.contains(did); };
  ICN_TRY_ASSIGN(dids, identity::leave_dids({context.block, view, context.events, is_known}));
  output.dids_left = dids;
  ICN_TRY_ASSIGN(accounts, economics::leave_accounts(departure));
  output.accounts = accounts.kept;
  output.mana = accounts.kept_mana;
  output.accounts_left = accounts.accounts;
  output.mana_left = accounts.mana;
  // Scope local is this organisation's now, and its pool empty unless it was before.
  ICN_TRY_ASSIGN(local, governance::kScopes.get(view, governance::kLocalScope));
  economics::Books books(context.block, view, &context.events);
  if (local) ICN_TRY(books.open(local->pool));
  ICN_TRY(books.finish());
  return leave_directory(departure);
}

Result<void> clear_federation(ledger::View& view) {
  ICN_TRY(clear(kValidators, view));
  ICN_TRY(clear(kMembers, view));
  ICN_TRY(clear(kOperators, view));
  ICN_TRY(clear(kChanges, view));
  ICN_TRY(clear(kSpentTickets, view));
  ICN_TRY(clear(kPeople, view));
  ICN_TRY(clear(kFormerMembers, view));
  return kFederation.erase(view, kFederationKey);
}

}  // namespace

Result<void> DepartFromFederation::check(const ledger::Transaction& transaction, const Body& body) {
  if (body.network != transaction.network) return {};
  return Error(errors::kMalformed, "network: must be another one than the federation's");
}

Result<void> DepartFromFederation::precheck(const ledger::ApplyContext& context, const Body&,
                                            const ledger::View& view) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  // Its engine takes no such transaction. The last block of the node that was alone could hold one, and who
  // is no member of what begins there would take the ledger.
  if (federation.founded_height >= context.block.height)
    return Error(kNoFederation, "the federation begins after this block");
  ICN_TRY_ASSIGN(member, member_of_operator(view, context.sender()));
  if (!member) return {};
  return Error(kMemberExists,
               context.sender().text() + " acts for " + member->organization.text() + "; leave first");
}

Result<DepartFromFederation::Output> DepartFromFederation::apply(const ledger::ApplyContext& context,
                                                                 const Body& body, ledger::View& view) {
  ICN_TRY_ASSIGN(former, kFormerMembers.get(view, context.sender()));
  ICN_TRY_ASSIGN(federation, load_federation(view));
  Output output;
  output.network = body.network;
  output.organization = former ? former->organization : context.sender();
  const std::string home = federation.founder == output.organization
                               ? governance::kLocalScope
                               : governance::kLocalScope + ":" + output.organization.text();
  ICN_TRY_ASSIGN(kept, kept_dids(view, context.sender(), output.organization, home));
  ICN_TRY(leave_offences(context, view, kept));
  ICN_TRY(free_all_stakes(context, view));
  ICN_TRY(end_seats(context, view));
  ICN_TRY(leave_records(context, view, kept, home, output));
  ICN_TRY(clear_federation(view));
  ICN_TRY(ledger::kOrder.erase(view, ledger::kOrderKey));
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  if (!network) return Error(errors::kInternal, "the state has no network record");
  network->network = body.network;
  network->operator_did = context.sender();
  ICN_TRY(ledger::kNetwork.put(view, "network", *network));
  return output;
}

}  // namespace icn::federation
