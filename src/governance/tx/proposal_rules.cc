#include "governance/tx/proposal_rules.h"

#include <algorithm>

#include "governance/errors.h"
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
  const auto at_least = [](std::uint64_t& secs, std::int64_t least) {
    secs = std::max(secs, static_cast<std::uint64_t>(least));
  };
  if (method == VotingMethod::kConsent) {
    at_least(terms.discussion_secs, parameters.governance_consent_discussion_secs);
    at_least(terms.voting_secs, parameters.governance_consent_round_secs);
  } else if (method == VotingMethod::kConsensus) {
    at_least(terms.voting_secs, parameters.governance_consensus_round_secs);
  } else {
    return;
  }
  if (parameters.governance_all_may_be_shorter != 0) return;
  terms.discussion_min_secs = terms.discussion_secs;
  terms.voting_min_secs = terms.voting_secs;
}

Result<void> check_threshold_fits(const Proposal& proposal, const Terms& terms) {
  if (terms.threshold_ppm <= 500'000 || has_threshold(proposal.method)) return {};
  return Error(kBadMethod, "voting_method: a proposal of category " +
                               std::string(codec::enum_name(proposal.category)) +
                               " that does this needs a share of " + std::to_string(terms.threshold_ppm) +
                               " ppm of the votes, which " + std::string(codec::enum_name(proposal.method)) +
                               " does not count");
}

Result<void> check_category_scope(ProposalCategory category, ScopeKind scope) {
  const bool is_of_protocol = category == ProposalCategory::kProtocol;
  if (is_of_protocol == (scope == ScopeKind::kValidators)) return {};
  return Error(kWrongCategory, is_of_protocol ? "protocol amendments are made in scope validators:ID"
                                              : "in scope validators:ID protocol amendments are made alone");
}

Result<void> check_action_options(const std::vector<Action>& actions,
                                  const std::vector<std::string>& options) {
  for (const Action& action : actions) {
    if (action.option && std::ranges::find(options, *action.option) == options.end())
      return Error(kBadMethod, "actions: option \"" + *action.option + "\" is none of method_params.options");
  }
  return {};
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
