#include "governance/tx/amend.h"

#include <algorithm>

#include "base/errors.h"
#include "governance/actions.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/tx/proposal_rules.h"

namespace icn::governance {
namespace {

using enum ProposalState;

Error wrong_state(const Proposal& proposal, std::string_view what) {
  return Error(kWrongState, "a proposal that is " + std::string(codec::enum_name(proposal.state)) +
                                " cannot be " + std::string(what));
}

bool asks_in_rounds(const Proposal& proposal) {
  return proposal.method == VotingMethod::kConsensus || proposal.method == VotingMethod::kConsent;
}

// Actions that other ones replace must fit what the proposal was made under.
Result<void> check_terms(const ledger::BlockContext& block, const Proposal& proposal) {
  ICN_TRY(check_category(proposal.category, proposal.actions));
  ICN_TRY_ASSIGN(kind, parse_scope(proposal.scope));
  const Terms terms = terms_of(*block.parameters, proposal.category, kind, proposal.actions);
  ICN_TRY(check_threshold_fits(proposal, terms));
  ICN_TRY(check_action_options(proposal.actions, proposal.method_params.options));
  if (proposal.threshold_ppm < terms.threshold_ppm)
    return Error(kTooLax, "actions: need a threshold of " + std::to_string(terms.threshold_ppm) +
                              " ppm, the proposal has " + std::to_string(proposal.threshold_ppm));
  if (proposal.discussion_secs < terms.discussion_min_secs || proposal.timelock_secs < terms.timelock_secs)
    return Error(kTooLax, "actions: need a discussion of " + std::to_string(terms.discussion_min_secs) +
                              " s and a timelock of " + std::to_string(terms.timelock_secs) + " s");
  return {};
}

Error not_due(const ledger::BlockContext& block, const Proposal& proposal, std::string_view what) {
  const std::uint64_t deadline = next_deadline(proposal);
  if (deadline == 0) return Error(kNotDue, "the count goes on; " + std::string(what) + " follows by itself");
  return Error(kNotDue, std::string(what) + " is not due before " +
                            std::to_string(deadline + block.standstill_secs) + ", it is " +
                            std::to_string(block.time));
}

Result<void> check_step(const ledger::BlockContext& block, const Proposal& proposal, Step step) {
  const ProposalState state = proposal.state;
  if (state == kDraft || state == kPendingSponsorship)
    return wrong_state(proposal, "moved on: it needs sponsors");
  if (state == kExpired) return Error(kProposalExpired, "the proposal has expired");
  if (state == kCancelled) return wrong_state(proposal, "moved on");
  if (state == kDiscussion) return not_due(block, proposal, "voting");
  if (step == Step::kOpen) return {};
  if (state == kVoting || state == kCounting) return not_due(block, proposal, "the end of voting");
  if (step == Step::kClose) return {};
  if (state == kVetoed) return Error(kProposalVetoed, "the proposal was vetoed");
  if (state == kRejected && proposal.result && !proposal.result->quorum_met)
    return Error(kQuorumNotMet, std::to_string(proposal.result->participated) + " of " +
                                    std::to_string(proposal.result->eligible) + " took part");
  if (state == kRejected) return wrong_state(proposal, "executed");
  if (state != kQueued) return {};
  return Error(kTimelockActive, "the timelock ends at " +
                                    std::to_string(proposal.timelock_ends_secs + block.standstill_secs) +
                                    ", it is " + std::to_string(block.time));
}

}  // namespace

Result<void> Sponsor::precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  ICN_TRY(require_full_member(view, proposal.scope, context.sender()));
  if (proposal.state != kPendingSponsorship && proposal.state != kDiscussion)
    return wrong_state(proposal, "sponsored");
  if (proposal.proposer == context.sender())
    return Error(kNotAuthorised, "nobody sponsors what he proposed himself");
  if (std::ranges::find(proposal.co_sponsors, context.sender()) != proposal.co_sponsors.end())
    return Error(kAlreadySponsored, context.sender().text() + " sponsors the proposal already");
  if (proposal.co_sponsors.size() < kSponsorsMax) return {};
  return Error(kTooManySponsors, "at most " + std::to_string(kSponsorsMax) + " are noted");
}

Result<Sponsor::Output> Sponsor::apply(const ledger::ApplyContext& context, const Body& body,
                                       ledger::View& view) {
  ICN_TRY_ASSIGN(before, load_proposal(view, body.proposal_id));
  Proposal after = before;
  after.co_sponsors.push_back(context.sender());
  if (after.state == kPendingSponsorship && after.co_sponsors.size() >= after.sponsors_needed)
    ICN_TRY(begin_discussion(context.block, view, after, context.events));
  ICN_TRY(save(context.block, view, before, after));
  return standing_of(context.block, after);
}

Result<void> Amend::check(const ledger::Transaction&, const Body& body) {
  if (!body.content && !body.actions) return Error(errors::kMalformed, "content or actions: one is required");
  return body.actions ? check_actions(*body.actions) : Result<void>();
}

Result<void> Amend::precheck(const ledger::ApplyContext& context, const Body& body,
                             const ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  if (proposal.proposer != context.sender())
    return Error(kNotProposer, "the proposal is of " + proposal.proposer.text());
  ICN_TRY(require_full_member(view, proposal.scope, context.sender()));
  if (proposal.state == kVoting && asks_in_rounds(proposal)) {
    const auto rounds_max = static_cast<std::uint32_t>(context.parameters().governance_rounds_max);
    if (proposal.round < rounds_max) return {};
    return Error(kWrongState, "round " + std::to_string(proposal.round) + " is the last one");
  }
  if (proposal.state == kPendingSponsorship || proposal.state == kDiscussion) return {};
  return wrong_state(proposal, "amended");
}

Result<Amend::Output> Amend::apply(const ledger::ApplyContext& context, const Body& body,
                                   ledger::View& view) {
  const ledger::BlockContext& block = context.block;
  ICN_TRY_ASSIGN(before, load_proposal(view, body.proposal_id));
  Proposal after = before;
  ++after.revision;
  if (body.content) after.content = *body.content;
  if (body.actions && before.repeats)
    return Error(kBadAction, "actions: must stay those of " + *before.repeats + ", whose veto they override");
  if (body.actions) {
    ICN_TRY(drop_applicants(view, before));
    after.actions = *body.actions;
    ICN_TRY(check_terms(block, after));
    ICN_TRY(validate_actions({block, after}, view));
    ICN_TRY(note_applicants(block, view, after));
  }
  if (after.state == kVoting) {
    ++after.round;
    ICN_TRY(begin_round(block, view, after, after.voting_secs));
  } else if (after.state == kDiscussion && body.actions) {
    ICN_TRY(begin_discussion(block, view, after, context.events));
  }
  ICN_TRY(save(block, view, before, after));
  return standing_of(block, after);
}

Result<void> Cancel::precheck(const ledger::ApplyContext& context, const Body& body,
                              const ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  const bool is_early = proposal.state == kPendingSponsorship || proposal.state == kDiscussion;
  if (proposal.proposer == context.sender())
    return is_early ? Result<void>() : wrong_state(proposal, "cancelled");
  ICN_TRY_ASSIGN(member, require_full_member(view, proposal.scope, context.sender()));
  if (std::ranges::find(member.roles, kSteward) == member.roles.end())
    return Error(kNotProposer, "only the proposer and the scope's stewards cancel a proposal");
  return is_open(proposal.state) && proposal.state != kCounting ? Result<void>()
                                                                : wrong_state(proposal, "cancelled");
}

Result<Cancel::Output> Cancel::apply(const ledger::ApplyContext& context, const Body& body,
                                     ledger::View& view) {
  ICN_TRY_ASSIGN(before, load_proposal(view, body.proposal_id));
  Proposal after = before;
  bool is_cancelled = before.proposer == context.sender();
  if (!is_cancelled) {
    std::vector<Did>& wish = after.cancel_stewards;
    if (std::ranges::find(wish, context.sender()) == wish.end()) wish.push_back(context.sender());
    ICN_TRY_ASSIGN(stewards, acting_holders_of(view, before.scope, std::string(kSteward)));
    const auto still = std::ranges::count_if(
        wish, [&](const Did& did) { return std::ranges::find(stewards, did) != stewards.end(); });
    is_cancelled = 3 * static_cast<std::size_t>(still) >= 2 * stewards.size();
  }
  if (is_cancelled) ICN_TRY(cancel(context.block, view, after, context.events));
  ICN_TRY(save(context.block, view, before, after));
  return standing_of(context.block, after);
}

Result<void> Advance::precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  ICN_TRY_ASSIGN(member, load_member(view, proposal.scope, context.sender()));
  if (!member || !is_active(*member))
    return Error(kNotMember, context.sender().text() + " is no active member of " + proposal.scope);
  return check_step(context.block, proposal, body.step);
}

Result<Advance::Output> Advance::apply(const ledger::ApplyContext& context, const Body& body,
                                       ledger::View& view) {
  ICN_TRY_ASSIGN(before, load_proposal(view, body.proposal_id));
  Proposal after = before;
  if (body.step == Step::kExecute && after.state == kExecutionFailed) {
    ICN_TRY(carry_out(context.block, view, after, context.events));
    ICN_TRY(save(context.block, view, before, after));
  }
  return standing_of(context.block, after);
}

}  // namespace icn::governance
