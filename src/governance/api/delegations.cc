#include "governance/api/delegations.h"

#include <algorithm>

#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/links.h"
#include "governance/members.h"

namespace icn::governance::api {
namespace {

constexpr std::size_t kSearchedMax = 5'000;  // rows looked at for one page

DelegationView view_of_delegation(const Delegation& delegation, const ledger::BlockContext& block) {
  DelegationView out;
  out.delegation_id = delegation.id;
  out.from_did = delegation.from;
  out.to_did = delegation.to;
  if (!delegation.scope.empty()) out.scope = delegation.scope;
  out.categories = delegation.categories;
  out.proposal_id = delegation.proposal_id;
  out.created_at = delegation.created_at;
  out.valid_until = delegation.valid_until_secs + block.standstill_secs;
  out.is_in_force = is_in_force(delegation, block.running_secs());
  return out;
}

bool is_wanted(const ListDelegations::Input& input, const Delegation& delegation, std::uint64_t now) {
  return (input.all || is_in_force(delegation, now)) && (!input.from || delegation.from == *input.from) &&
         (!input.to || delegation.to == *input.to);
}

Result<std::optional<Ballot>> ballot_of(const DelegationWalk& walk, const Did& did) {
  if (!walk.vote) return std::optional<Ballot>();
  return kBallots.get(walk.state, {vote_key(walk.vote->proposal.id, walk.vote->vote.round), did});
}

// A sealed one that was not revealed when it had to be was not cast.
bool counts(const DelegationWalk& walk, const std::optional<Ballot>& ballot) {
  return ballot && (!walk.vote->is_closed() || !ballot->packed.bytes.empty());
}

Result<bool> is_suspended(const DelegationWalk& walk, const Did& did) {
  if (walk.vote && walk.vote->is_closed()) {
    ICN_TRY_ASSIGN(was_one, was_voter(walk.state, walk.subject.scope, did, walk.vote->vote.closed_version));
    return !was_one;
  }
  ICN_TRY_ASSIGN(member, load_member(walk.state, walk.subject.scope, did));
  return !member || !may_vote(*member);
}

Result<std::optional<Delegation>> next_of(const DelegationWalk& walk, const Did& did) {
  return walk.vote ? followed_in(*walk.vote, did) : followed(walk.state, did, walk.subject, walk.now);
}

Result<EffectiveChain> walk_chain(const DelegationWalk& walk, const Did& did) {
  EffectiveChain out;
  out.category = walk.subject.category;
  out.end_did = did;
  ICN_TRY_ASSIGN(ballot, ballot_of(walk, did));
  out.reason = counts(walk, ballot) ? "own_ballot" : "no_delegation";
  std::vector<Did> seen{did};
  while (!counts(walk, ballot)) {
    ICN_TRY_ASSIGN(next, next_of(walk, out.end_did));
    if (!next) return out;
    out.chain.push_back({next->from, next->to, next->id});
    out.end_did = next->to;
    out.reason = "follows";
    ICN_TRY_ASSIGN(theirs, ballot_of(walk, next->to));
    ballot = std::move(theirs);
    out.end_has_ballot = ballot.has_value();
    ICN_TRY_ASSIGN(suspended, is_suspended(walk, next->to));
    if (std::ranges::find(seen, next->to) != seen.end()) {
      out.reason = "cycle";
      return out;
    }
    if (out.chain.size() > walk.hops_max) {
      out.reason = "too_long";
      return out;
    }
    if (suspended) {
      out.reason = "suspended";
      return out;
    }
    if (counts(walk, ballot)) out.reason = "delegate_voted";
    seen.push_back(next->to);
  }
  out.ballot = content_of(*ballot);
  return out;
}

}  // namespace

std::optional<codec::Json> content_of(const Ballot& ballot) {
  if (ballot.content.empty()) return std::nullopt;
  auto content = codec::parse_json(ballot.content);
  if (!content.ok()) return std::nullopt;
  return std::move(content).value();
}

DelegationWalk walk_in(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                       const ledger::Parameters& parameters, std::uint64_t running_secs,
                       std::size_t& rows_left) {
  DelegationWalk out{state, {proposal.scope, proposal.category, proposal.id}, running_secs, 0, {}};
  const bool is_closed = vote.closed_secs != 0;
  out.hops_max =
      is_closed ? vote.hops_max : static_cast<std::uint64_t>(parameters.governance_delegation_hops_max);
  const std::uint64_t carried_max =
      is_closed ? vote.carried_max
                : tally::carried_max(proposal.eligible_count,
                                     static_cast<std::uint64_t>(parameters.governance_delegation_cap_ppm),
                                     static_cast<std::uint64_t>(parameters.governance_delegation_cap_min));
  out.vote.emplace(AskedVote{state, proposal, vote, out.hops_max, carried_max, running_secs, rows_left});
  return out;
}

Result<EffectiveChain> follow_chain(const DelegationWalk& walk, const Did& did) {
  ICN_TRY_ASSIGN(out, walk_chain(walk, did));
  if (!walk.vote || (out.reason != "follows" && out.reason != "delegate_voted")) return std::move(out);
  ICN_TRY_ASSIGN(is_over, is_over_cap(*walk.vote, did, out.end_did));
  if (!is_over) return std::move(out);
  out.reason = "over_cap";
  out.ballot.reset();
  return std::move(out);
}

Result<ListDelegations::Output> ListDelegations::handle(const Api& api, const http::Call&,
                                                        const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(moment, moment_of(api, *snapshot));
  const DelegationIndex index = input.from ? kByDelegator : input.to ? kByDelegate : kByDelegationScope;
  const Bytes head = input.from ? ledger::key_of(*input.from)
                     : input.to ? ledger::key_of(*input.to)
                                : Bytes();
  const std::string list = "governance/delegations|" + (input.from ? input.from->text() : "") + "|" +
                           (input.to ? input.to->text() : "") + (input.all ? "|all" : "|");
  ledger::ScanRange range =
      head.empty() ? ledger::ScanRange{index, {}, {}, false} : ledger::prefix_range(head, index);
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(rows, kDelegations.scan(*snapshot, range));
  Output page;
  Bytes last;
  for (std::size_t searched = 0;; ++searched) {
    ICN_TRY_ASSIGN(delegation, rows.next());
    if (!delegation) return page;
    if (page.items.size() == input.limit || searched == kSearchedMax) {
      page.next_cursor = api.cursors.seal(list, last);
      return page;
    }
    last = to_bytes(rows.index_value());
    if (is_wanted(input, *delegation, moment.block.running_secs()))
      page.items.push_back(view_of_delegation(*delegation, moment.block));
  }
}

Result<ledger::PlainWrite> PostDelegation::plain(const Api&, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(from, acting_did(call, input.from_did, "from_did"));
  const MakeDelegation::Body body{input.to_did, input.scope, input.categories, input.proposal_id,
                                  input.valid_until};
  return ledger::PlainWrite{from, codec::to_json(body)};
}

void PostDelegation::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostDelegation>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> RemoveDelegation::plain(const Api&, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(from, acting_did(call, input.from_did, "from_did"));
  return ledger::PlainWrite{from, codec::to_json(RevokeDelegation::Body{input.id})};
}

void RemoveDelegation::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<RemoveDelegation>(api.writer, api, std::move(exchange));
}

Result<GetEffective::Output> GetEffective::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(moment, moment_of(api, *snapshot));
  DelegationWalk walk{*snapshot,
                      {input.scope.value_or(kLocalScope), {}, {}},
                      moment.block.running_secs(),
                      static_cast<std::uint64_t>(moment.published->parameters.governance_delegation_hops_max),
                      {}};
  std::optional<ProposalCategory> only = input.category;
  Proposal proposal;
  std::optional<Vote> vote;
  std::size_t rows_left = kAskedRowsMax;
  if (input.proposal_id) {
    ICN_TRY_ASSIGN(loaded, load_proposal(*snapshot, *input.proposal_id));
    proposal = std::move(loaded);
    only = proposal.category;
    walk.subject.scope = proposal.scope;
    walk.subject.proposal_id = proposal.id;
    ICN_TRY_ASSIGN(found, kVotes.get(*snapshot, vote_key(proposal)));
    vote = std::move(found);
    if (vote) {
      DelegationWalk within =
          walk_in(*snapshot, proposal, *vote, moment.published->parameters, walk.now, rows_left);
      walk.hops_max = within.hops_max;
      walk.vote.emplace(*within.vote);
    }
  }
  Output out{input.did, walk.subject.scope, {}};
  for (const auto& [category, name] : enum_names(ProposalCategory())) {
    if (only && category != *only) continue;
    walk.subject.category = category;
    ICN_TRY_ASSIGN(chain, follow_chain(walk, input.did));
    out.chains.push_back(std::move(chain));
  }
  return out;
}

}  // namespace icn::governance::api
