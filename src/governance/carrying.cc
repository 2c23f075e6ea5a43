#include "governance/carrying.h"

#include <algorithm>

#include "governance/delegations.h"
#include "governance/eligible.h"
#include "governance/members.h"

namespace icn::governance {
namespace {

// Somebody with a ballot of their own follows nobody.
Result<bool> has_own_ballot(const AskedVote& asked, const Did& did) {
  const std::string vote_id = vote_key(asked.vote.proposal_id, asked.vote.round);
  if (!asked.is_closed()) return kBallots.contains(asked.state, {vote_id, did});
  ICN_TRY_ASSIGN(packed, packed_ballot(asked.state, vote_id, did));
  return packed.has_value();
}

Result<bool> is_suspended(const AskedVote& asked, const Did& did) {
  if (asked.is_closed()) {
    ICN_TRY_ASSIGN(was_one, was_voter(asked.state, asked.proposal.scope, did, asked.vote.closed_version));
    return !was_one;
  }
  ICN_TRY_ASSIGN(member, load_member(asked.state, asked.proposal.scope, did));
  return !member || !may_vote(*member);
}

Result<bool> counts(const AskedVote& asked, const Delegation& delegation) {
  ICN_TRY_ASSIGN(is_eligible,
                 was_voter(asked.state, asked.proposal.scope, delegation.from, asked.vote.version));
  if (!is_eligible) return false;
  ICN_TRY_ASSIGN(own, has_own_ballot(asked, delegation.from));
  if (own) return false;
  ICN_TRY_ASSIGN(chosen, followed_in(asked, delegation.from));
  return chosen && chosen->id == delegation.id;
}

// Those that may speak of the vote: of an open one none that has ended.
ledger::ScanRange delegations_to(const AskedVote& asked, const Did& to) {
  if (asked.is_closed()) return ledger::prefix_range(ledger::key_of(to), kByDelegate);
  return ledger::prefix_range(ledger::key_of(to, std::uint64_t{0}), kByDelegate);
}

// All links that lead to `end`, each member by the one delegation it follows; none: there are too many.
Result<std::optional<std::vector<CountedLink>>> links_to(const AskedVote& asked, const Did& end) {
  std::vector<CountedLink> out;
  std::vector<Did> waiting{end};
  for (std::size_t at = 0; at < waiting.size(); ++at) {
    const Did to = waiting[at];
    ICN_TRY_ASSIGN(suspended, is_suspended(asked, to));
    ICN_TRY_ASSIGN(rows, kDelegations.scan(asked.state, delegations_to(asked, to)));
    while (true) {
      ICN_TRY_ASSIGN(delegation, rows.next());
      if (!delegation) break;
      if (asked.rows_left == 0) return std::optional<std::vector<CountedLink>>();
      --asked.rows_left;
      ICN_TRY_ASSIGN(is_counted, counts(asked, *delegation));
      if (!is_counted) continue;
      if (out.size() == kVisitedMax) return std::optional<std::vector<CountedLink>>();
      CountedLink link;
      link.from = delegation->from;
      link.to = to;
      link.created_secs = delegation->created_secs;
      link.id = delegation->id;
      link.is_to_eligible = true;
      link.is_to_suspended = suspended;
      if (to == end) link.to_packed.bytes = Bytes(1);
      out.push_back(std::move(link));
      if (delegation->from != end) waiting.push_back(delegation->from);
    }
  }
  return std::optional(std::move(out));
}

}  // namespace

Result<std::optional<Delegation>> followed_in(const AskedVote& asked, const Did& did) {
  std::size_t looked = 0;
  auto out = asked.is_closed() ? followed_at_close(asked.state, did, asked.proposal, asked.vote, looked)
                               : followed(asked.state, did,
                                          {asked.proposal.scope, asked.proposal.category, asked.proposal.id},
                                          asked.now, &looked);
  asked.rows_left -= std::min(asked.rows_left, looked);
  return out;
}

Result<bool> is_over_cap(const AskedVote& asked, const Did& did, const Did& end) {
  ICN_TRY_ASSIGN(links, links_to(asked, end));
  Vote vote = asked.vote;
  if (!asked.is_closed()) {
    vote.hops_max = static_cast<std::uint32_t>(asked.hops_max);
    vote.carried_max = asked.carried_max;
  }
  if (!links || links->size() <= vote.carried_max) return false;
  // Who may not vote is no surplus.
  if (std::ranges::find(*links, did, &CountedLink::from) == links->end()) return false;
  return std::ranges::none_of(carried_ballots(vote, *links),
                              [&](const CarriedBallot& each) { return each.who == did; });
}

}  // namespace icn::governance
