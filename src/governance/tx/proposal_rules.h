#pragma once

#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/view.h"

// What several transactions on proposals share.
namespace icn::governance {

// What the method adds to the terms: consent discusses and asks for longer, consensus asks for longer.
void demand_of_method(const ledger::Parameters& parameters, VotingMethod method, Terms& terms);

// bad_method: the terms demand a share of yes that the method does not count.
Result<void> check_threshold_fits(const Proposal& proposal, const Terms& terms);
// wrong_category: protocol amendments are made in scope validators:ID alone, and nothing else there.
Result<void> check_category_scope(ProposalCategory category, ScopeKind scope);
// bad_method: an action is done for an option that nobody can choose.
Result<void> check_action_options(const std::vector<Action>& actions,
                                  const std::vector<std::string>& options);

// Whoever the proposal would take in becomes an applicant, sponsored by the proposer; and no more.
Result<void> note_applicants(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal);
Result<void> drop_applicants(ledger::View& view, const Proposal& proposal);

}  // namespace icn::governance
