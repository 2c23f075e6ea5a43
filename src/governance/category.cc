#include "governance/category.h"

#include <algorithm>

#include "governance/actions.h"

namespace icn::governance {
namespace {

using P = ledger::Parameters;
using enum ProposalCategory;

constexpr CategoryRow operational_row(ProposalCategory category) {
  return {category,
          &P::governance_operational_quorum_ppm,
          &P::governance_operational_threshold_ppm,
          &P::governance_operational_discussion_secs,
          &P::governance_operational_voting_secs,
          &P::governance_operational_timelock_secs,
          nullptr,
          true};
}

constexpr auto kRows = std::to_array<CategoryRow>({
    operational_row(kOperational),
    operational_row(kTechnical),
    operational_row(kGeneric),
    {kEconomic, &P::governance_economic_quorum_ppm, &P::governance_economic_threshold_ppm,
     &P::governance_economic_discussion_secs, &P::governance_economic_voting_secs,
     &P::governance_economic_timelock_secs, nullptr, false},
    {kMembership, &P::governance_membership_quorum_ppm, &P::governance_membership_threshold_ppm,
     &P::governance_membership_discussion_secs, &P::governance_membership_voting_secs,
     &P::governance_membership_timelock_secs, nullptr, false},
    {kConstitutional, &P::governance_constitutional_quorum_ppm, &P::governance_constitutional_threshold_ppm,
     &P::governance_constitutional_discussion_secs, &P::governance_constitutional_voting_secs,
     &P::governance_constitutional_timelock_secs, &P::governance_constitutional_sponsors, false},
    {kEmergency, &P::governance_emergency_quorum_ppm, &P::governance_emergency_threshold_ppm,
     &P::governance_emergency_discussion_secs, &P::governance_emergency_voting_secs,
     &P::governance_emergency_timelock_secs, &P::governance_emergency_sponsors, false},
    {kProtocol, &P::governance_protocol_quorum_ppm, &P::governance_protocol_threshold_ppm,
     &P::governance_protocol_discussion_secs, &P::governance_protocol_voting_secs,
     &P::governance_protocol_timelock_secs, nullptr, false},
});

std::uint64_t of(const ledger::Parameters& parameters, ParameterOf member) {
  return static_cast<std::uint64_t>(parameters.*member);
}

void raise(std::uint64_t& value, std::uint64_t least) { value = std::max(value, least); }

// There is a week for it all: as long as an emergency's, with its own share of yes.
void demand_for_rollback(const ledger::Parameters& parameters, Terms& terms) {
  terms.discussion_secs = of(parameters, &P::governance_emergency_discussion_secs);
  terms.voting_secs = of(parameters, &P::governance_emergency_voting_secs);
  terms.timelock_secs = 0;
  raise(terms.threshold_ppm, of(parameters, &P::governance_rollback_ppm));
}

void demand_for(const ledger::Parameters& parameters, const ActionNeeds& needs, Terms& terms) {
  if (needs.rolls_back) demand_for_rollback(parameters, terms);
  raise(terms.threshold_ppm, needs.threshold_ppm);
  if (needs.spends > Millimana{parameters.governance_economic_large})
    raise(terms.threshold_ppm, of(parameters, &P::governance_economic_large_threshold_ppm));
  if (needs.spends > Millimana{parameters.governance_economic_slow})
    raise(terms.timelock_secs, of(parameters, &P::governance_economic_slow_timelock_secs));
  if (needs.expels) raise(terms.threshold_ppm, of(parameters, &P::governance_expulsion_threshold_ppm));
  if (needs.admits) raise(terms.discussion_secs, of(parameters, &P::governance_review_secs));
}

}  // namespace

const CategoryRow& category_row(ProposalCategory category) {
  return *std::ranges::find(kRows, category, &CategoryRow::category);
}

Terms terms_of(const ledger::Parameters& parameters, ProposalCategory category, ScopeKind scope,
               const std::vector<Action>& actions) {
  const CategoryRow& row = category_row(category);
  Terms terms;
  terms.quorum_ppm = of(parameters, row.quorum_ppm);
  terms.threshold_ppm = of(parameters, row.threshold_ppm);
  terms.discussion_secs = of(parameters, row.discussion_secs);
  terms.voting_secs = of(parameters, row.voting_secs);
  terms.timelock_secs = of(parameters, row.timelock_secs);
  terms.sponsors = row.sponsors == nullptr ? 0 : of(parameters, row.sponsors);
  bool may_be_shorter = row.may_be_shorter;
  if (scope == ScopeKind::kFederation) {
    raise(terms.quorum_ppm, of(parameters, &P::governance_federation_quorum_ppm));
    raise(terms.discussion_secs, of(parameters, &P::governance_federation_discussion_secs));
    raise(terms.voting_secs, of(parameters, &P::governance_federation_voting_secs));
    raise(terms.timelock_secs, of(parameters, &P::governance_federation_timelock_secs));
    may_be_shorter = false;
  }
  demand_for(parameters, needs_of(actions), terms);
  terms.discussion_min_secs = terms.discussion_secs;
  terms.voting_min_secs = terms.voting_secs;
  if (may_be_shorter || parameters.governance_all_may_be_shorter != 0) {
    terms.discussion_min_secs =
        std::min(terms.discussion_secs, of(parameters, &P::governance_min_discussion_secs));
    terms.voting_min_secs = std::min(terms.voting_secs, of(parameters, &P::governance_min_voting_secs));
  }
  return terms;
}

}  // namespace icn::governance
