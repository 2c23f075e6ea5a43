#pragma once

#include "economics/books.h"
#include "ledger/rules.h"

// What economics gives to the ledger and, through it, to the domains below.
namespace icn::economics {

// burn_fee (what fee_for() of fees.h makes of the fee), has_account, grant_start of ledger/context.h, and
// vouches_for of a network that is one organization's: its operator may.
ledger::Economy economy();
// That of its operator.
Result<std::optional<Did>> vouching_network(const storage::Reader& state, const Did& operator_did);

std::vector<storage::TableSchema> tables();
std::vector<ledger::DueHandler> due_handlers();

// For the summary of a checkpoint.
Result<ledger::EconomicTotals> checkpoint_totals(const ledger::Reader& state);

// Block 0: the supply record, and the operator's account, Verified, with its start grant.
Result<void> genesis_step(const ledger::Genesis& genesis, const ledger::BlockContext& block,
                          ledger::View& view);

// Who vouches for whom.
struct StartGrant {
  Did organization;
  Did person;
  std::string reference;
};
// Makes the person Verified (a higher stage stays) and pays 25 % of its cap, once a DID and at most
// economics.grants_per_epoch times an epoch and organization. Both are written by books.finish().
//   already_granted, grants_used_up   nothing was changed
Result<Millimana> pay_start_grant(Books& books, const ledger::BlockContext& block, ledger::View& view,
                                  const StartGrant& grant);

}  // namespace icn::economics
