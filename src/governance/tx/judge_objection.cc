#include "governance/tx/judge_objection.h"

#include "governance/ballot_taking.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/objections.h"

namespace icn::governance {

Result<JudgeObjection::Output> JudgeObjection::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  ICN_TRY(check_open(context.block, proposal, body.revision));
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  if (!vote) return Error(kBroken, "a proposal in voting has no vote: " + vote_id);
  ICN_TRY(check_eligible(view, proposal, *vote, context.sender()));
  ICN_TRY_ASSIGN(objection, load_objection(view, vote_id, body.objection_id));
  if (objection.withdrawn_at) return Error(kObjectionWithdrawn);
  if (objection.voter == context.sender())
    return Error(kNotAuthorised, "nobody judges an objection of their own: withdraw it");
  const JudgementKey key{vote_id, objection.id, context.sender()};
  ICN_TRY_ASSIGN(before, kJudgements.get(view, key));
  Judgement judgement;
  judgement.is_paramount = body.is_paramount;
  judgement.transaction.bytes = to_bytes(context.transaction.hash());
  judgement.key.bytes = to_bytes(context.transaction.verified_key().bytes);
  judgement.at = context.block.time;
  ICN_TRY(kJudgements.put(view, key, judgement));
  if (before && !before->is_paramount) --objection.not_paramount;
  if (!body.is_paramount) ++objection.not_paramount;
  const std::uint64_t needed = set_aside_needed(proposal.eligible_count);
  const bool was_set_aside = objection.is_set_aside;
  objection.is_set_aside = objection.not_paramount >= needed;
  ICN_TRY(kObjections.put(view, {vote_id, objection.voter}, objection));
  if (objection.is_set_aside != was_set_aside) tell_objection(proposal, objection, context.events);
  return Output{objection.id, objection.not_paramount, needed, objection.is_set_aside};
}

}  // namespace icn::governance
