#include "governance/links.h"

#include <algorithm>

#include "governance/eligible.h"

namespace icn::governance {
namespace {

std::uint32_t index_of(const std::vector<Did>& members, const Did& did) {
  const auto found = std::lower_bound(members.begin(), members.end(), did);
  if (found == members.end() || *found != did) return tally::kOutsider;
  return static_cast<std::uint32_t>(found - members.begin());
}

// Those of them who may vote, each once.
Result<std::vector<Did>> members_of(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                                    const std::vector<CountedLink>& links) {
  std::vector<Did> named;
  for (const CountedLink& link : links) {
    named.push_back(link.from);
    named.push_back(link.to);
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  std::vector<Did> out;
  for (Did& did : named) {
    ICN_TRY_ASSIGN(is_eligible, was_voter(state, proposal.scope, did, vote.version));
    if (is_eligible) out.push_back(std::move(did));
  }
  return out;
}

}  // namespace

tally::DelegationRecord record_of(const Delegation& delegation) {
  tally::DelegationRecord out;
  out.id = delegation.id;
  out.from = delegation.from;
  out.to = delegation.to;
  out.proposal_id = delegation.proposal_id;
  out.categories = delegation.categories;
  out.scope = delegation.scope;
  out.valid_until = delegation.valid_until_secs;
  out.created_at = delegation.created_secs;
  out.revoked_at = delegation.revoked_secs;
  return out;
}

tally::DelegationRecord record_at(const Delegation& delegation, std::uint64_t running_secs) {
  tally::DelegationRecord out = record_of(delegation);
  if (out.revoked_at && *out.revoked_at >= running_secs) out.revoked_at.reset();
  return out;
}

std::optional<tally::Specificity> speaks_of(const Delegation& delegation, const Proposal& proposal,
                                            const Vote& vote) {
  if (delegation.created_secs >= vote.closed_secs) return std::nullopt;
  return tally::specificity_of(
      record_at(delegation, vote.closed_secs),
      {proposal.id, std::string(codec::enum_name(proposal.category)), proposal.scope, vote.closed_secs});
}

Result<std::optional<std::string>> packed_ballot(const ledger::Reader& state, const std::string& vote_id,
                                                 const Did& did) {
  ICN_TRY_ASSIGN(ballot, kBallots.get(state, {vote_id, did}));
  if (!ballot || ballot->packed.bytes.empty()) return std::optional<std::string>();
  return std::optional<std::string>(to_text(ballot->packed.bytes));
}

Result<ResolvedLinks> resolve_links(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                                    const std::vector<CountedLink>& links) {
  ResolvedLinks out;
  ICN_TRY_ASSIGN(members, members_of(state, proposal, vote, links));
  out.members = std::move(members);
  out.packed.resize(out.members.size());
  std::vector<tally::VoterState> voters(out.members.size());
  const std::string vote_id = vote_key(vote.proposal_id, vote.round);
  for (std::size_t i = 0; i < out.members.size(); ++i) {
    ICN_TRY_ASSIGN(packed, packed_ballot(state, vote_id, out.members[i]));
    ICN_TRY_ASSIGN(is_voter, was_voter(state, proposal.scope, out.members[i], vote.closed_version));
    voters[i] = {packed.has_value(), !is_voter};
    if (packed) out.packed[i] = std::move(*packed);
  }
  std::vector<tally::DelegationLink> indexed;
  for (const CountedLink& link : links) {
    const std::uint32_t from = index_of(out.members, link.from);
    if (from == tally::kOutsider) continue;
    indexed.push_back({from, index_of(out.members, link.to),
                       static_cast<tally::Specificity>(link.specificity), link.created_secs});
  }
  const tally::DelegationRules rules{vote.hops_max, vote.carried_max};
  out.resolved = tally::resolve(voters, indexed, rules);
  return out;
}

}  // namespace icn::governance
