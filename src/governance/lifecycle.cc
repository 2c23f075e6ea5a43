#include "governance/lifecycle.h"

#include <algorithm>

#include "economics/accounts.h"
#include "governance/closing.h"
#include "governance/errors.h"
#include "governance/execution.h"
#include "governance/members.h"
#include "governance/tables.h"
#include "governance/tx/proposal_rules.h"
#include "reputation/note.h"

namespace icn::governance {
namespace {

using enum ProposalState;
using Events = std::vector<ledger::Event>;

std::string fee_reference(const Proposal& proposal) { return "proposal " + proposal.id; }

Result<void> return_fee(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                        Events& events) {
  if (proposal.fee_escrow.value == 0) return {};
  ICN_TRY(economics::release(block, view, &events, proposal.proposer, proposal.fee_escrow,
                             fee_reference(proposal)));
  proposal.fee_escrow = {};
  return {};
}

Result<void> burn_fee(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                      Events& events) {
  if (proposal.fee_escrow.value == 0) return {};
  ICN_TRY(economics::slash(block, view, &events, proposal.proposer, proposal.fee_escrow,
                           fee_reference(proposal)));
  proposal.fee_escrow = {};
  return {};
}

Result<void> end(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                 ProposalState state, Events& events) {
  move_to(block, proposal, state, events);
  return drop_applicants(view, proposal);
}

std::uint64_t round_secs_of(const ledger::BlockContext& block, const Proposal& proposal) {
  const std::int64_t secs = proposal.method == VotingMethod::kConsent
                                ? block.parameters->governance_consent_round_secs
                                : block.parameters->governance_consensus_round_secs;
  return std::min(static_cast<std::uint64_t>(secs), proposal.voting_secs);
}

Result<void> decide(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                    const ProposalResult& result, Events& events) {
  proposal.result = result;
  const auto kind =
      result.passed ? reputation::EventKind::kProposalApproved : reputation::EventKind::kProposalRejected;
  ICN_TRY(reputation::note(block, view, events, {proposal.proposer, kind, Did(), proposal.id}));
  ICN_TRY(result.quorum_met && !result.vetoed ? return_fee(block, view, proposal, events)
                                              : burn_fee(block, view, proposal, events));
  if (result.vetoed) return end(block, view, proposal, kVetoed, events);
  if (!result.passed) return end(block, view, proposal, kRejected, events);
  move_to(block, proposal, kPassed, events);
  const std::uint64_t now = block.running_secs();
  proposal.timelock_ends_secs = now + proposal.timelock_secs;
  proposal.execution_deadline_secs =
      proposal.timelock_ends_secs +
      static_cast<std::uint64_t>(block.parameters->governance_execution_window_secs);
  if (proposal.timelock_secs == 0) return carry_out(block, view, proposal, events);
  move_to(block, proposal, kQueued, events);
  return {};
}

Result<void> close(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                   Events& events) {
  ICN_TRY_ASSIGN(closing, close_voting(block, view, proposal, events));
  if (closing.opens_round) {
    ++proposal.round;
    return begin_round(block, view, proposal, round_secs_of(block, proposal));
  }
  if (closing.result) return decide(block, view, proposal, *closing.result, events);
  move_to(block, proposal, kCounting, events);
  return {};
}

Result<void> expire(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                    Events& events) {
  ICN_TRY(burn_fee(block, view, proposal, events));
  return end(block, view, proposal, kExpired, events);
}

Result<void> move_once(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                       Events& events) {
  switch (proposal.state) {
    case kDraft:
    case kPendingSponsorship:
    case kExecutionFailed:
      return expire(block, view, proposal, events);
    case kDiscussion:
      move_to(block, proposal, kVoting, events);
      return begin_round(block, view, proposal, proposal.voting_secs);
    case kVoting:
      return close(block, view, proposal, events);
    case kQueued:
      return carry_out(block, view, proposal, events);
    default:
      return Error(kBroken,
                   "nothing is due of a proposal that is " + std::string(codec::enum_name(proposal.state)));
  }
}

bool is_due(const ledger::BlockContext& block, const Proposal& proposal) {
  const std::uint64_t deadline = next_deadline(proposal);
  return deadline != 0 && deadline <= block.running_secs();
}

// How many proposals are open: more by `more` (1 or -1).
Result<void> count_open(ledger::View& view, const Proposal& proposal, bool more) {
  ICN_TRY_ASSIGN(scope, load_scope(view, proposal.scope));
  scope.open_proposals += more ? 1 : std::uint64_t(-1);
  if (more) ++scope.proposals;
  ICN_TRY(kScopes.put(view, scope.scope, scope));
  const MemberKey key{proposal.scope, proposal.proposer};
  ICN_TRY_ASSIGN(stored, kOpenProposals.get(view, key));
  OpenProposals open = stored.value_or(OpenProposals{});
  open.count += more ? 1 : std::uint64_t(-1);
  return open.count == 0 ? kOpenProposals.erase(view, key) : kOpenProposals.put(view, key, open);
}

}  // namespace

std::uint64_t next_deadline(const Proposal& proposal) {
  switch (proposal.state) {
    case kDraft:
    case kPendingSponsorship:
      return proposal.sponsorship_ends_secs;
    case kDiscussion:
      return proposal.discussion_ends_secs;
    case kVoting:
      return proposal.voting_ends_secs;
    case kQueued:
      return proposal.timelock_ends_secs;
    case kExecutionFailed:
      return proposal.execution_deadline_secs;
    default:
      return 0;
  }
}

Result<Proposal> load_proposal(const ledger::Reader& state, const std::string& id) {
  if (id.size() > kProposalIdBytesMax) return Error(kProposalNotFound);
  ICN_TRY_ASSIGN(found, kProposals.get(state, id));
  if (!found) return Error(kProposalNotFound, "there is no proposal \"" + id + "\"");
  return std::move(*found);
}

void move_to(const ledger::BlockContext& block, Proposal& proposal, ProposalState state, Events& events) {
  events.push_back({std::string(kStatusEvent),
                    codec::write_json(codec::Json::object({{"proposal_id", proposal.id},
                                                           {"scope", proposal.scope},
                                                           {"from", codec::enum_name(proposal.state)},
                                                           {"state", codec::enum_name(state)}}))});
  proposal.state = state;
  proposal.changed_at = block.time;
}

Result<void> save(const ledger::BlockContext& block, ledger::View& view, const Proposal& before,
                  const Proposal& after) {
  const bool is_new = before.id.empty();
  const std::uint64_t old_deadline = is_new ? 0 : next_deadline(before);
  const std::uint64_t deadline = next_deadline(after);
  if (old_deadline != deadline) {
    if (old_deadline != 0) ICN_TRY(ledger::unschedule(view, old_deadline, kProposalDue, after.id));
    if (deadline != 0) ICN_TRY(ledger::schedule(view, block, deadline, kProposalDue, after.id));
  }
  const bool was_open = !is_new && is_open(before.state);
  if (was_open != is_open(after.state)) ICN_TRY(count_open(view, after, is_open(after.state)));
  return kProposals.put(view, after.id, after);
}

Result<void> begin_discussion(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                              Events& events) {
  move_to(block, proposal, kDiscussion, events);
  proposal.discussion_ends_secs = block.running_secs() + proposal.discussion_secs;
  proposal.voting_starts_secs = proposal.discussion_ends_secs;
  proposal.voting_ends_secs = proposal.discussion_ends_secs + proposal.voting_secs;
  if (proposal.discussion_secs > 0) return {};
  return move_once(block, view, proposal, events);
}

Result<void> begin_round(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                         std::uint64_t length_secs) {
  proposal.voting_starts_secs = block.running_secs();
  proposal.voting_ends_secs = proposal.voting_starts_secs + length_secs;
  proposal.is_extended = false;
  return open_voting(block, view, proposal);
}

Result<Proposal> advance(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                         Events& events) {
  const Proposal before = proposal;
  while (is_due(block, proposal)) ICN_TRY(move_once(block, view, proposal, events));
  ICN_TRY(save(block, view, before, proposal));
  return proposal;
}

Result<void> close_now(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                       Events& events) {
  const Proposal before = proposal;
  proposal.voting_ends_secs = block.running_secs();
  ICN_TRY(close(block, view, proposal, events));
  return save(block, view, before, proposal);
}

Result<void> conclude(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                      const ProposalResult& result, Events& events) {
  const Proposal before = proposal;
  ICN_TRY(decide(block, view, proposal, result, events));
  return save(block, view, before, proposal);
}

Result<void> ask_again(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                       Events& events) {
  const Proposal before = proposal;
  move_to(block, proposal, kVoting, events);
  ++proposal.round;
  ICN_TRY(begin_round(block, view, proposal, round_secs_of(block, proposal)));
  return save(block, view, before, proposal);
}

Result<void> cancel(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                    Events& events) {
  ICN_TRY(return_fee(block, view, proposal, events));
  return end(block, view, proposal, kCancelled, events);
}

Result<void> veto(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal, Events& events) {
  return end(block, view, proposal, kVetoed, events);
}

Result<void> carry_out(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                       Events& events) {
  const Result<void> done = execute(block, view, proposal, events);
  if (!done.ok() && done.error().category() == Category::kInternal) return done;
  proposal.failure = done.ok() ? "" : done.error().detail();
  if (!done.ok()) {
    move_to(block, proposal, kExecutionFailed, events);
    return {};
  }
  return end(block, view, proposal, kExecuted, events);
}

Result<void> run_proposal_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                              Events& events) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, id));
  ICN_TRY_ASSIGN(after, advance(block, view, std::move(proposal), events));
  return next_deadline(after) > block.running_secs() || next_deadline(after) == 0
             ? Result<void>()
             : Result<void>(Error(kBroken, "a proposal stays due: " + id));
}

}  // namespace icn::governance
