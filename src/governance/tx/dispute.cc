#include "governance/tx/dispute.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/accounts.h"
#include "economics/tx/transfer.h"
#include "governance/disputes.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/members.h"

namespace icn::governance {
namespace {

bool is_vote_level(DisputeLevel level) {
  return level == DisputeLevel::kArbitration || level == DisputeLevel::kAppeal;
}

bool is_party(const Dispute& dispute, const Did& did) {
  return dispute.opener == did || dispute.against == did;
}

Error wrong_state(const Dispute& dispute, std::string_view what) {
  return Error(kWrongState, "a dispute that is " + std::string(codec::enum_name(dispute.state)) +
                                " cannot be " + std::string(what));
}

DisputeStanding standing_of(const ledger::BlockContext& block, const Dispute& dispute) {
  DisputeStanding out{dispute.id, dispute.state, dispute.stake, {}};
  if (dispute.due_secs != 0) out.next_deadline = dispute.due_secs + block.standstill_secs;
  return out;
}

Result<void> check_appeal(const ledger::View& view, const ledger::ApplyContext& context,
                          const OpenDispute::Body& body) {
  if (body.level != DisputeLevel::kAppeal) return {};
  ICN_TRY_ASSIGN(former, load_dispute(view, *body.appeal_of));
  if (former.level != DisputeLevel::kArbitration ||
      (former.state != DisputeState::kUpheld && former.state != DisputeState::kRejected))
    return Error(kWrongState, "appeal_of: " + former.id + " was not decided by arbitration");
  if (!is_party(former, context.sender())) return Error(kNotAuthorised, "appeal_of: only its parties appeal");
  return {};
}

// A mediator ends what lies between two others, the parties what is their own part.
Result<void> check_outcome(const Dispute& dispute, const Member& member, DisputeState outcome) {
  const bool is_mediator = dispute.level == DisputeLevel::kMediation && !is_party(dispute, member.did) &&
                           std::ranges::find(member.roles, kMediator) != member.roles.end();
  const bool is_allowed = (is_mediator && outcome != DisputeState::kWithdrawn) ||
                          (dispute.opener == member.did && outcome == DisputeState::kWithdrawn) ||
                          (dispute.against == member.did && outcome == DisputeState::kUpheld);
  if (is_allowed) return {};
  return Error(kNotAuthorised,
               member.did.text() + " cannot end the dispute as " + std::string(codec::enum_name(outcome)));
}

Result<void> check_judge(const ledger::ApplyContext& context, const ledger::View& view,
                         const Dispute& dispute, DisputeState outcome) {
  if (context.block.running_secs() >= dispute.due_secs)
    return wrong_state(dispute, "judged: its time has ended");
  if (is_party(dispute, context.sender()))
    return Error(kNotAuthorised, "nobody judges a dispute of their own");
  ICN_TRY_ASSIGN(is_judge, was_voter(view, dispute.scope, context.sender(), dispute.voter_version));
  if (!is_judge)
    return Error(kNotMember,
                 context.sender().text() + " could not vote in " + dispute.scope + " when the vote began");
  if (outcome == DisputeState::kUpheld || outcome == DisputeState::kRejected) return {};
  return Error(kNotAuthorised, "a voice says upheld or rejected");
}

Result<void> add_voice(ledger::View& view, const Did& judge, bool is_upheld, Dispute& dispute) {
  ICN_TRY_ASSIGN(earlier, kDisputeVotes.get(view, {dispute.id, judge}));
  if (earlier) --(earlier->is_upheld ? dispute.upheld_votes : dispute.rejected_votes);
  ++(is_upheld ? dispute.upheld_votes : dispute.rejected_votes);
  return kDisputeVotes.put(view, {dispute.id, judge}, {is_upheld});
}

}  // namespace

Result<void> OpenDispute::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(parse_scope(body.scope));
  if (body.against == transaction.sender)
    return Error(errors::kMalformed, "against: nobody has a dispute with themselves");
  if (body.statement_cid.empty())
    return Error(errors::kMalformed, "statement_cid: must name the block with the statement");
  if ((body.level == DisputeLevel::kAppeal) == body.appeal_of.has_value()) return {};
  return Error(errors::kMalformed, "appeal_of: is for level appeal, and needed there");
}

Result<void> OpenDispute::precheck(const ledger::ApplyContext& context, const Body& body,
                                   const ledger::View& view) {
  ICN_TRY_ASSIGN(member, load_member(view, body.scope, context.sender()));
  if (!member || !is_active(*member))
    return Error(kNotMember, context.sender().text() + " is no active member of " + body.scope);
  ICN_TRY_ASSIGN(other, load_member(view, body.scope, body.against));
  if (!other) return Error(kMemberNotFound, body.against.text() + " never was a member of " + body.scope);
  const Millimana least{context.parameters().governance_dispute_value_min};
  if (body.type == DisputeType::kEconomic && body.value < least)
    return Error(kTooSmall, "value: must be " + codec::to_json_text(least) + " mana at least");
  ICN_TRY_ASSIGN(open, open_disputes_of(view, context.sender()));
  if (open >= static_cast<std::size_t>(context.parameters().governance_disputes_open_max))
    return Error(kTooManyOpen, std::to_string(open) + " disputes of " + context.sender().text() +
                                   " are open, the most there may be");
  return check_appeal(view, context, body);
}

Result<OpenDispute::Output> OpenDispute::apply(const ledger::ApplyContext& context, const Body& body,
                                               ledger::View& view) {
  const DisputeTerms terms = dispute_terms(context.parameters(), body.level);
  Dispute made;
  made.id = economics::short_id("di_", context.transaction);
  made.scope = body.scope;
  made.type = body.type;
  made.level = body.level;
  made.opener = context.sender();
  made.against = body.against;
  made.subject = body.subject.value_or("");
  made.statement = body.statement_cid;
  made.value = body.value;
  made.stake = terms.stake;
  made.state = is_vote_level(body.level) ? DisputeState::kInvestigation : DisputeState::kOpen;
  made.opened_at = context.block.time;
  made.due_secs = context.block.running_secs() + terms.open_secs;
  made.appeal_of = body.appeal_of;
  if (made.stake.value > 0) {
    ICN_TRY(
        economics::lock(context.block, view, &context.events, made.opener, made.stake, "dispute " + made.id));
  }
  tell_dispute(made, context.events);
  ICN_TRY(save_dispute(context.block, view, Dispute{}, made));
  return standing_of(context.block, made);
}

Result<void> AddEvidence::check(const ledger::Transaction&, const Body& body) {
  if (!body.evidence_cid.empty()) return {};
  return Error(errors::kMalformed, "evidence_cid: must name a block");
}

Result<void> AddEvidence::precheck(const ledger::ApplyContext& context, const Body& body,
                                   const ledger::View& view) {
  ICN_TRY_ASSIGN(dispute, load_dispute(view, body.dispute_id));
  ICN_TRY_ASSIGN(member, load_member(view, dispute.scope, context.sender()));
  if (!is_party(dispute, context.sender()) && (!member || !is_active(*member)))
    return Error(kNotMember, context.sender().text() + " is no active member of " + dispute.scope);
  if (dispute.state != DisputeState::kOpen && dispute.state != DisputeState::kInvestigation)
    return wrong_state(dispute, "given evidence of");
  if (dispute.evidence.size() < kEvidenceMax) return {};
  return Error(kTooMuchEvidence, "a dispute has " + std::to_string(kEvidenceMax) + " pieces at most");
}

Result<AddEvidence::Output> AddEvidence::apply(const ledger::ApplyContext& context, const Body& body,
                                               ledger::View& view) {
  ICN_TRY_ASSIGN(before, load_dispute(view, body.dispute_id));
  Dispute after = before;
  after.evidence.push_back({context.sender(), body.evidence_cid, context.block.time});
  ICN_TRY(save_dispute(context.block, view, before, after));
  return standing_of(context.block, after);
}

Result<void> ResolveDispute::check(const ledger::Transaction&, const Body& body) {
  using enum DisputeState;
  if (body.outcome == kWithdrawn || body.outcome == kUpheld || body.outcome == kRejected ||
      body.outcome == kSettled)
    return {};
  return Error(errors::kMalformed, "outcome: must be withdrawn, upheld, rejected or settled");
}

Result<void> ResolveDispute::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY_ASSIGN(dispute, load_dispute(view, body.dispute_id));
  if (dispute.state == DisputeState::kVoting) return check_judge(context, view, dispute, body.outcome);
  if (dispute.state != DisputeState::kOpen && dispute.state != DisputeState::kInvestigation)
    return wrong_state(dispute, "resolved");
  ICN_TRY_ASSIGN(member, load_member(view, dispute.scope, context.sender()));
  if (!member || (!is_active(*member) && !is_party(dispute, context.sender())))
    return Error(kNotAuthorised, context.sender().text() + " is no active member of " + dispute.scope);
  return check_outcome(dispute, *member, body.outcome);
}

Result<ResolveDispute::Output> ResolveDispute::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(before, load_dispute(view, body.dispute_id));
  Dispute after = before;
  if (before.state == DisputeState::kVoting) {
    ICN_TRY(add_voice(view, context.sender(), body.outcome == DisputeState::kUpheld, after));
  } else {
    after.resolved_by = context.sender();
    ICN_TRY(end_dispute(context.block, view, after, body.outcome, context.events));
  }
  ICN_TRY(save_dispute(context.block, view, before, after));
  return standing_of(context.block, after);
}

}  // namespace icn::governance
