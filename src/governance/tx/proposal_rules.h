#pragma once

#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/view.h"

// What several transactions on proposals share.
namespace icn::governance {

// What the method adds to the terms: consent discusses and asks for longer.
void demand_of_method(const ledger::Parameters& parameters, VotingMethod method, Terms& terms);

// Whoever the proposal would take in becomes an applicant, sponsored by the proposer; and no more.
Result<void> note_applicants(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal);
Result<void> drop_applicants(ledger::View& view, const Proposal& proposal);

}  // namespace icn::governance
