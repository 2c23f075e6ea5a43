#include "economics/economy.h"

#include "economics/accounts.h"
#include "economics/capacity.h"
#include "economics/errors.h"
#include "economics/fees.h"
#include "economics/penalties.h"
#include "economics/shares.h"
#include "economics/vouching.h"
#include "ledger/state.h"
#include "reputation/score/record.h"

namespace icn::economics {
namespace {

Result<void> burn_fee(const BlockContext& block, View& view, const Did& payer, Millimana fee,
                      std::string_view reason, const std::string& reference) {
  std::string cause(reason);
  if (!reference.empty()) cause += (cause.empty() ? "" : " ") + reference;
  Books books(block, view, nullptr);
  ICN_TRY_ASSIGN(account, books.find(payer));
  if (account != nullptr && fee.value > 0) {
    ICN_TRY_ASSIGN(standing, reputation::load_standing(view, payer));
    fee = fee_for(*block.parameters, *account, reputation::score_at(standing, block.time), fee, block.time);
  }
  ICN_TRY(books.burn(payer, fee, cause));
  return books.finish();
}

Result<bool> has_account(const View& view, const Did& did) { return kAccounts.contains(view, did); }

Result<void> grant_start(const BlockContext& block, View& view, const Did& did,
                         const std::string& reference) {
  Books books(block, view, nullptr);
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  auto granted =
      pay_start_grant(books, block, view, {network ? network->operator_did : Did(), did, reference});
  if (granted.ok()) return books.finish();
  if (granted.error().is(kAlreadyGranted) || granted.error().is(kGrantsUsedUp)) return {};
  return std::move(granted).error();
}

}  // namespace

ledger::Economy economy() { return {&burn_fee, &has_account, &grant_start, &vouching_network}; }

Result<std::optional<Did>> vouching_network(const storage::Reader& state, const Did& operator_did) {
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(state, "network"));
  if (!network || network->operator_did != operator_did) return std::optional<Did>();
  return std::optional<Did>(operator_did);
}

Result<void> genesis_step(const ledger::Genesis& genesis, const BlockContext& block, View& view) {
  Supply supply;
  supply.started = genesis.time;
  ICN_TRY(kSupply.put(view, kSupplyKey, supply));
  if (genesis.operator_did.empty()) return {};
  Books books(block, view, nullptr);
  ICN_TRY(pay_start_grant(books, block, view, {genesis.operator_did, genesis.operator_did, "genesis"}));
  return books.finish();
}

Result<Millimana> pay_start_grant(Books& books, const BlockContext& block, View& view,
                                  const StartGrant& grant) {
  const Did& did = grant.person;
  const ledger::Parameters& parameters = *block.parameters;
  ICN_TRY_ASSIGN(known, books.find(did));
  if (known != nullptr && known->is_granted)
    return Error(kAlreadyGranted, did.text() + " had its start grant before");
  ICN_TRY_ASSIGN(stored, kGrantCount.get(view, grant.organization));
  GrantCount count = stored.value_or(GrantCount{});
  const std::uint64_t epoch = block.time / static_cast<std::uint64_t>(parameters.economics_epoch_secs);
  if (count.epoch != epoch) count = {epoch, 0};
  if (count.count >= static_cast<std::uint64_t>(parameters.economics_grants_per_epoch)) {
    return Error(kGrantsUsedUp, "all " + std::to_string(count.count) + " start grants of " +
                                    grant.organization.text() + " are paid in this epoch");
  }
  ++count.count;
  if (known == nullptr || known->stage == Stage::kUnverified) ICN_TRY(books.set_stage(did, Stage::kVerified));
  ICN_TRY_ASSIGN(account, books.open(did));
  const Millimana amount = share_of(account->cap, parameters.economics_start_grant_ppm);
  ICN_TRY(books.grant_start(did, amount, grant.reference));
  ICN_TRY(kGrantCount.put(view, grant.organization, count));
  return amount;
}

std::vector<storage::TableSchema> tables() {
  return storage::TableSet(kAccounts, kEntries, kSupply, kGrantCount, kMemberships, kCapacities,
                           kCapacityTotals, kVouches, kPenalties, kShares)
      .schemas();
}

std::vector<ledger::DueHandler> due_handlers() {
  return {{kVouchDue, &run_vouch_due}, {kPenaltyDue, &run_penalty_due}};
}

Result<ledger::EconomicTotals> checkpoint_totals(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(supply, kSupply.get(state, kSupplyKey));
  if (!supply) return ledger::EconomicTotals{};
  return ledger::EconomicTotals{supply->balances(), supply->locked, supply->burned};
}

}  // namespace icn::economics
