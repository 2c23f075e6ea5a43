#include "governance/reputation_actions.h"

#include "economics/errors.h"
#include "economics/vouching.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "reputation/appeals.h"
#include "reputation/note.h"

namespace icn::governance {
namespace {

Result<void> is_of_scope(const ActionContext& context, const Did& did, const ledger::Reader& state) {
  ICN_TRY_ASSIGN(member, load_member(state, context.proposal.scope, did));
  if (member && member->status != MemberStatus::kPending && member->status != MemberStatus::kDeparted)
    return {};
  return Error(kMemberNotFound, did.text() + " is no member of " + context.proposal.scope);
}

// What jobs, ballots and endorsements tell by themselves is nobody's to decide.
bool is_decided(reputation::EventKind kind) {
  using enum reputation::EventKind;
  return kind == kCommunityViolation || kind == kMediationSuccess || kind == kContributedCode ||
         kind == kDocumentation || kind == kMentorship || kind == kConflictResolution ||
         kind == kSpamReported || kind == kSybilDetected;
}

}  // namespace

Result<void> DecideAppeal::check(const Body&) { return {}; }

Result<void> DecideAppeal::validate(const ActionContext& context, const Body& body,
                                    const ledger::Reader& state) {
  ICN_TRY(is_of_scope(context, body.did, state));
  ICN_TRY(reputation::load_open_appeal(state, body.did, body.event_id));
  return {};
}

Result<void> DecideAppeal::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                 std::vector<ledger::Event>& events) {
  ICN_TRY(validate(context, body, view));
  return reputation::decide_appeal(context.block, view, events, body.did, body.event_id, body.upheld,
                                   context.proposal.id);
}

Result<void> RecordConduct::check(const Body& body) {
  if (is_decided(body.kind)) return {};
  return Error(kBadAction, "kind: " + std::string(codec::enum_name(body.kind)) + " is not decided by a vote");
}

// As much as expelling does: what takes 50 points shuts somebody out.
Result<void> RecordConduct::needs(const Body& body, ActionNeeds& needs) {
  needs.expels = needs.expels || body.kind == reputation::EventKind::kSybilDetected;
  return {};
}

Result<void> RecordConduct::validate(const ActionContext& context, const Body& body,
                                     const ledger::Reader& state) {
  return is_of_scope(context, body.did, state);
}

Result<void> RecordConduct::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                  std::vector<ledger::Event>& events) {
  ICN_TRY(validate(context, body, view));
  ICN_TRY_ASSIGN(before, reputation::load_standing(view, body.did));
  ICN_TRY(reputation::note(context.block, view, events, {body.did, body.kind, Did(), context.proposal.id}));
  ICN_TRY_ASSIGN(after, reputation::load_standing(view, body.did));
  if (body.kind != reputation::EventKind::kSybilDetected || after.events == before.events) return {};
  return economics::doom_vouch(context.block, view, body.did, after.events);
}

Result<void> FreezeReputation::validate(const ActionContext& context, const Body& body,
                                        const ledger::Reader& state) {
  return is_of_scope(context, body.did, state);
}

Result<void> FreezeReputation::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                     std::vector<ledger::Event>&) {
  ICN_TRY(validate(context, body, view));
  return reputation::freeze(view, body.did, context.block.running_secs() + body.secs);
}

Result<void> Penalize::needs(const Body&, ActionNeeds& needs) {
  needs.expels = true;
  return {};
}

Result<void> Penalize::validate(const ActionContext& context, const Body& body, const ledger::Reader& state) {
  return is_of_scope(context, body.did, state);
}

Result<void> Penalize::apply(const ActionContext& context, const Body& body, ledger::View& view,
                             std::vector<ledger::Event>& events) {
  ICN_TRY(validate(context, body, view));
  economics::Penalty penalty;
  penalty.did = body.did;
  penalty.proposal_id = context.proposal.id;
  penalty.offence = body.offence;
  penalty.evidence = body.evidence_cid;
  ICN_TRY(economics::penalize(context.block, view, events, std::move(penalty)));
  return {};
}

Result<void> DecidePenalty::validate(const ActionContext& context, const Body& body,
                                     const ledger::Reader& state) {
  ICN_TRY(is_of_scope(context, body.did, state));
  ICN_TRY_ASSIGN(penalty, economics::load_penalty(state, body.did, body.penalty));
  if (economics::is_pending(penalty.state)) return {};
  return Error(economics::kPenaltyState,
               "the penalty is " + std::string(codec::enum_name(penalty.state)) + " already");
}

Result<void> DecidePenalty::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                  std::vector<ledger::Event>& events) {
  ICN_TRY(validate(context, body, view));
  return economics::decide_penalty(context.block, view, events, {body.did, body.penalty}, body.upheld,
                                   context.proposal.id);
}

}  // namespace icn::governance
