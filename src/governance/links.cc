#include "governance/links.h"

#include <algorithm>
#include <tuple>

#include "governance/eligible.h"

namespace icn::governance {
namespace {

std::uint32_t index_of(const std::vector<Did>& members, const Did& did) {
  const auto found = std::lower_bound(members.begin(), members.end(), did);
  if (found == members.end() || *found != did) return tally::kOutsider;
  return static_cast<std::uint32_t>(found - members.begin());
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

Result<std::optional<Delegation>> followed_at_close(const ledger::Reader& state, const Did& did,
                                                    const Proposal& proposal, const Vote& vote,
                                                    std::size_t& looked) {
  constexpr std::size_t kLookedAtMax = 1'000;  // ended ones too
  ICN_TRY_ASSIGN(rows, kDelegations.scan(state, ledger::prefix_range(ledger::key_of(did), kByDelegator)));
  std::optional<Delegation> best;
  std::optional<tally::Specificity> best_specificity;
  for (std::size_t i = 0; i < kLookedAtMax; ++i) {
    ICN_TRY_ASSIGN(each, rows.next());
    if (!each) break;
    ++looked;
    const auto specificity = speaks_of(*each, proposal, vote);
    if (!specificity) continue;
    const bool is_better = !best || *specificity > *best_specificity ||
                           (*specificity == *best_specificity &&
                            std::tie(each->created_secs, each->id) > std::tie(best->created_secs, best->id));
    if (!is_better) continue;
    best_specificity = specificity;
    best = std::move(*each);
  }
  return best;
}

Result<std::optional<std::string>> packed_ballot(const ledger::Reader& state, const std::string& vote_id,
                                                 const Did& did) {
  ICN_TRY_ASSIGN(ballot, kBallots.get(state, {vote_id, did}));
  if (!ballot || ballot->packed.bytes.empty()) return std::optional<std::string>();
  return std::optional<std::string>(to_text(ballot->packed.bytes));
}

std::vector<CarriedBallot> carried_ballots(const Vote& vote, const std::vector<CountedLink>& links) {
  std::vector<Did> members;
  for (const CountedLink& link : links) {
    members.push_back(link.from);
    if (link.is_to_eligible) members.push_back(link.to);
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  std::vector<tally::VoterState> voters(members.size());
  std::vector<const codec::HexBytes*> packed(members.size());
  std::vector<tally::DelegationLink> indexed;
  for (const CountedLink& link : links) {
    const std::uint32_t from = index_of(members, link.from);
    const std::uint32_t to = link.is_to_eligible ? index_of(members, link.to) : tally::kOutsider;
    indexed.push_back({from, to, static_cast<tally::Specificity>(link.specificity), link.created_secs});
    if (to == tally::kOutsider) continue;
    voters[to] = {!link.to_packed.bytes.empty(), link.is_to_suspended};
    packed[to] = &link.to_packed;
  }
  std::vector<CarriedBallot> out;
  const auto resolved = tally::resolve(voters, indexed, {vote.hops_max, vote.carried_max});
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    if (resolved[i].following == tally::Following::kFollows)
      out.push_back({std::move(members[i]), to_text(packed[resolved[i].end]->bytes)});
  }
  return out;
}

}  // namespace icn::governance
