#include "governance/api/notices.h"

#include <algorithm>

#include "governance/eligible.h"
#include "governance/emergencies.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "governance/tables.h"
#include "governance/text.h"

namespace icn::governance::api {
namespace {

constexpr std::size_t kVotesMax = 1'000;  // open ones that are looked at
constexpr std::uint64_t kLapsesSoonSecs = 30 * 86'400;
constexpr std::uint64_t kRememberedSecs = 30 * 86'400;  // how long after its end a vote is told of
constexpr std::size_t kClosedMax = 200;                 // newest proposals of a scope that are looked at

Notice notice_on(const Api& api, NoticeKind kind, const Proposal& proposal) {
  Notice out;
  out.kind = kind;
  out.proposal_id = proposal.id;
  if (auto text = find_text(api.blocks, proposal.content)) out.title = std::move(text->title);
  out.scope = proposal.scope;
  return out;
}

// What an open vote means for the member; none: an own ballot is cast, or they may not vote in it.
Result<std::optional<Notice>> notice_of(const Api& api, const Moment& moment, const ledger::Reader& state,
                                        const Proposal& proposal, const Did& did, std::size_t& rows_left) {
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(state, vote_id));
  if (!vote) return std::optional<Notice>();
  ICN_TRY_ASSIGN(is_eligible, was_voter(state, proposal.scope, did, vote->version));
  ICN_TRY_ASSIGN(has_own, kBallots.contains(state, {vote_id, did}));
  if (!is_eligible || has_own) return std::optional<Notice>();
  Notice out = notice_on(api, NoticeKind::kOpenVote, proposal);
  out.voting_ends = proposal.voting_ends_secs + moment.block.standstill_secs;
  if (!proposal.delegation) return std::optional<Notice>(std::move(out));
  const DelegationWalk walk =
      walk_in(state, proposal, *vote, moment.published->parameters, moment.block.running_secs(), rows_left);
  ICN_TRY_ASSIGN(chain, follow_chain(walk, did));
  if (chain.chain.empty()) return std::optional<Notice>(std::move(out));
  if (chain.reason != "follows" && chain.reason != "delegate_voted") {
    out.kind = NoticeKind::kDelegationBroken;
    out.reason = chain.reason;
  } else {
    out.kind = chain.end_has_ballot ? NoticeKind::kDelegateVoted : NoticeKind::kDelegateSilent;
    out.delegate_did = chain.end_did;
    out.ballot = std::move(chain.ballot);
  }
  return std::optional<Notice>(std::move(out));
}

// A sealed ballot of the member that is not revealed yet.
Result<std::optional<Notice>> reveal_notice(const Api& api, const Moment& moment, const ledger::Reader& state,
                                            const Proposal& proposal, const Did& did) {
  if (proposal.privacy == Privacy::kPublic) return std::optional<Notice>();
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(state, vote_id));
  if (!vote || vote->reveal_ends_secs <= moment.block.running_secs()) return std::optional<Notice>();
  ICN_TRY_ASSIGN(ballot, kBallots.get(state, {vote_id, did}));
  if (!ballot || !ballot->packed.bytes.empty()) return std::optional<Notice>();
  Notice out = notice_on(api, NoticeKind::kRevealDue, proposal);
  out.reveal_ends = vote->reveal_ends_secs + moment.block.standstill_secs;
  return std::optional<Notice>(std::move(out));
}

// How somebody's ballot counted for the member in a vote that has closed; none: it did not, or too much was
// read already to say so.
Result<std::optional<Notice>> closed_notice(const Api& api, const Moment& moment, const ledger::Reader& state,
                                            const Proposal& proposal, const Did& did,
                                            std::size_t& rows_left) {
  if (!proposal.delegation || rows_left == 0) return std::optional<Notice>();
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(state, vote_id));
  const std::uint64_t now = moment.block.running_secs();
  if (!vote || vote->closed_secs == 0 || vote->closed_secs + kRememberedSecs < now)
    return std::optional<Notice>();
  ICN_TRY_ASSIGN(is_eligible, was_voter(state, proposal.scope, did, vote->version));
  if (!is_eligible) return std::optional<Notice>();
  const DelegationWalk walk = walk_in(state, proposal, *vote, moment.published->parameters, now, rows_left);
  ICN_TRY_ASSIGN(chain, follow_chain(walk, did));
  if (chain.reason != "delegate_voted" || rows_left == 0) return std::optional<Notice>();
  Notice out = notice_on(api, NoticeKind::kDelegateVoted, proposal);
  out.voting_ends = vote->closed_secs + moment.block.standstill_secs;
  out.delegate_did = chain.end_did;
  out.ballot = std::move(chain.ballot);
  return std::optional<Notice>(std::move(out));
}

// `make` of each of the newest proposals that an index has below `head`.
template <typename Make>
Result<void> add_notices(const ledger::Reader& state, ProposalIndex index, std::string_view head,
                         std::size_t looked_max, const Make& make, std::vector<Notice>& out) {
  ICN_TRY_ASSIGN(rows, kProposals.scan(state, ledger::prefix_range(ledger::key_of(head), index)));
  for (std::size_t looked = 0; looked < looked_max; ++looked) {
    ICN_TRY_ASSIGN(proposal, rows.next());
    if (!proposal) break;
    ICN_TRY_ASSIGN(notice, make(*proposal));
    if (notice) out.push_back(std::move(*notice));
  }
  return {};
}

// To those who may declare an emergency, before all else.
Result<void> add_signs(const Api& api, const ledger::Reader& state, const Did& did,
                       std::vector<Notice>& out) {
  if (api.signs == nullptr) return {};
  ICN_TRY_ASSIGN(scope, network_scope(state));
  ICN_TRY_ASSIGN(member, load_member(state, scope, did));
  const bool is_told =
      member && may_vote(*member) && std::ranges::find(member->roles, kCommittee) != member->roles.end();
  if (!is_told) return {};
  ICN_TRY_ASSIGN(signs, api.signs->signs());
  for (WarningSign& sign : signs) {
    if (!sign.is_seen) continue;
    Notice notice;
    notice.kind = NoticeKind::kEmergencySign;
    notice.scope = scope;
    notice.reason = std::string(codec::enum_name(sign.kind)) + ": " + sign.what;
    out.push_back(std::move(notice));
  }
  return {};
}

}  // namespace

Result<ListNotices::Output> ListNotices::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(moment, moment_of(api, *snapshot));
  Output out;
  std::size_t rows_left = kAskedRowsMax;
  ICN_TRY_ASSIGN(memberships,
                 kMembers.scan(*snapshot, ledger::prefix_range(ledger::key_of(input.did), std::size_t{0})));
  ICN_TRY_ASSIGN(membership, memberships.next());
  if (!membership) return Error(kMemberNotFound, input.did.text() + " is no member of any scope");
  ICN_TRY(add_notices(
      *snapshot, kByState, codec::enum_name(ProposalState::kCounting), kVotesMax,
      [&](const Proposal& each) { return reveal_notice(api, moment, *snapshot, each, input.did); },
      out.items));
  ICN_TRY(add_notices(
      *snapshot, kByState, codec::enum_name(ProposalState::kVoting), kVotesMax,
      [&](const Proposal& each) { return notice_of(api, moment, *snapshot, each, input.did, rows_left); },
      out.items));
  // Reveals have no end of voting and come first.
  std::ranges::stable_sort(out.items, {}, &Notice::voting_ends);
  std::vector<Notice> signs;
  ICN_TRY(add_signs(api, *snapshot, input.did, signs));
  out.items.insert(out.items.begin(), std::make_move_iterator(signs.begin()),
                   std::make_move_iterator(signs.end()));
  while (membership) {
    ICN_TRY(add_notices(
        *snapshot, kByScope, membership->scope, kClosedMax,
        [&](const Proposal& each) {
          return closed_notice(api, moment, *snapshot, each, input.did, rows_left);
        },
        out.items));
    ICN_TRY_ASSIGN(next, memberships.next());
    membership = std::move(next);
  }
  const std::uint64_t now = moment.block.running_secs();
  ICN_TRY_ASSIGN(delegations, delegations_of(*snapshot, input.did, now));
  for (const Delegation& each : delegations) {
    if (each.valid_until_secs > now + kLapsesSoonSecs) continue;
    Notice notice;
    notice.kind = NoticeKind::kDelegationLapses;
    notice.delegate_did = each.to;
    notice.delegation_id = each.id;
    notice.valid_until = each.valid_until_secs + moment.block.standstill_secs;
    out.items.push_back(std::move(notice));
  }
  return out;
}

}  // namespace icn::governance::api
