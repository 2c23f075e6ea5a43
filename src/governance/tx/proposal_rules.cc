#include "governance/tx/proposal_rules.h"

#include <algorithm>

#include "governance/members.h"

namespace icn::governance {
namespace {

std::vector<Did> admitted_by(const Proposal& proposal) {
  std::vector<Did> out;
  for (const Action& action : proposal.actions) {
    const codec::Json* did = action.data.find("did");
    if (action.type == "AdmitMember" && did != nullptr && did->string() != nullptr)
      out.emplace_back(*did->string());
  }
  return out;
}

}  // namespace

void demand_of_method(const ledger::Parameters& parameters, VotingMethod method, Terms& terms) {
  if (method != VotingMethod::kConsent) return;
  const bool may_be_shorter = parameters.governance_all_may_be_shorter != 0;
  terms.discussion_secs = std::max(terms.discussion_secs,
                                   static_cast<std::uint64_t>(parameters.governance_consent_discussion_secs));
  terms.voting_secs =
      std::max(terms.voting_secs, static_cast<std::uint64_t>(parameters.governance_consent_round_secs));
  if (may_be_shorter) return;
  terms.discussion_min_secs = terms.discussion_secs;
  terms.voting_min_secs = terms.voting_secs;
}

Result<void> note_applicants(const ledger::BlockContext& block, ledger::View& view,
                             const Proposal& proposal) {
  for (const Did& did : admitted_by(proposal))
    ICN_TRY(note_applicant(block, view, proposal.scope, did, proposal.proposer));
  return {};
}

Result<void> drop_applicants(ledger::View& view, const Proposal& proposal) {
  for (const Did& did : admitted_by(proposal)) ICN_TRY(forget_applicant(view, proposal.scope, did));
  return {};
}

}  // namespace icn::governance
