#include "mesh/tx/confirm.h"

#include "economics/account_did.h"
#include "economics/errors.h"
#include "economics/payment.h"
#include "governance/tx/amend.h"
#include "governance/tx/cast_vote.h"
#include "mesh/errors.h"
#include "mesh/lifecycle.h"
#include "mesh/tx/submit.h"

namespace icn::mesh {
namespace {

EffectScope scope_of(const Submission& submission) {
  const LedgerUse& use = *submission.ledger_use;
  return {use.grants, use.allowance.value_or(Allowance{}), submission.max_price, use.depth};
}

// What the rules of a job's effects refuse. A spec that no node runs keeps its own code.
Error not_allowed(const Error& error) {
  if (error.is(kInvalidSpec) || error.is(kInsufficientBudget)) return error;
  return Error(kEffectNotAllowed, error.detail());
}

Result<void> apply_child(const Step& step, const JobId& parent_id, const Job& parent, const Effect& effect,
                         Millimana& escrow_left) {
  ICN_TRY_ASSIGN(spec, codec::from_json<JobSpec>(effect.body));
  const Submission submission = submission_of(spec, spec_block(spec).cid, parent.submission.coordinator);
  ICN_TRY(may_submit(step.block, step.view, parent.submitter, submission));
  if (submission.max_price > escrow_left) {
    return Error(kInsufficientBudget, "of the parent's escrow " + codec::to_json_text(escrow_left) +
                                          " mana are left for child jobs");
  }
  escrow_left -= submission.max_price;
  auto job = open_job(step, JobId(effect.id), parent.submitter, submission, parent_id);
  if (job.ok()) return {};
  const bool is_poor = job.error().is(economics::kExceedsBalance);
  return is_poor ? Error(kInsufficientBudget, job.error().detail()) : Error(job.error());
}

Result<void> apply_payment(const Step& step, const std::string& reference, const Did& from,
                           const Effect& effect) {
  ICN_TRY_ASSIGN(payment, codec::from_json<Payment>(effect.body));
  ICN_TRY(economics::check_account_did(payment.to));
  if (payment.to == from) return Error(economics::kToSelf);
  return economics::pay(step.block, step.view, step.books, {from, payment.to, payment.amount, reference, {}});
}

Result<void> apply_spending(const Step& step, const std::string& reference, const Did& from,
                            const Effect& effect) {
  ICN_TRY_ASSIGN(spending, codec::from_json<Spending>(effect.body));
  return step.books.burn(from, spending.amount, reference);
}

template <typename Type>
Result<void> apply_as(const ledger::ApplyContext& context, const codec::Json& json, ledger::View& view) {
  ICN_TRY_ASSIGN(body, codec::from_json<typename Type::Body>(json));
  ICN_TRY(Type::check(context.transaction.envelope(), body));
  ICN_TRY(Type::precheck(context, body, view));
  ICN_TRY(Type::apply(context, body, view));
  return {};
}

Result<void> apply_decision(const ledger::ApplyContext& context, const Effect& effect, ledger::View& view) {
  if (effect.kind == kGrantPropose) return apply_as<governance::Propose>(context, effect.body, view);
  if (effect.kind == kEffectVote) return apply_as<governance::CastVote>(context, effect.body, view);
  return apply_as<governance::Advance>(context, effect.body, view);
}

// What is locked for a proposal counts towards what the submission allows, though no job knows how much it
// is.
Result<Millimana> fees_of(const ledger::ApplyContext& context, const EffectScope& scope,
                          const EffectGatherer& gathered) {
  Millimana fees;
  for (const Effect& effect : gathered.effects()) {
    if (effect.kind == kGrantPropose) fees += Millimana{context.parameters().governance_proposal_fee};
  }
  if (fees.value == 0 || gathered.mana() + fees <= scope.allowance.mana_max) return fees;
  return Error(kEffectNotAllowed, "a proposal costs " + codec::to_json_text(fees) +
                                      " mana, and all effects " +
                                      codec::to_json_text(scope.allowance.mana_max) + " at most");
}

Result<EffectGatherer> gather(const JobId& id, const Job& job, const std::vector<Effect>& effects) {
  EffectGatherer gatherer(id, scope_of(job.submission));
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (auto added = gatherer.add(effects[i]); !added.ok()) {
      return not_allowed(added.error().within("effects[" + std::to_string(i) + "]"));
    }
  }
  return gatherer;
}

}  // namespace

Result<void> ConfirmEffects::check(const ledger::Transaction&, const Body& body) {
  if (body.decline && body.effects.empty()) return {};
  if (body.decline || effects_cid_of(body.effects) != body.effects_cid) {
    return Error(kEffectsDiffer, "effects: must be the list that effects_cid names, and none to decline");
  }
  return {};
}

Result<void> ConfirmEffects::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY_ASSIGN(job, load_job(view, body.job_id));
  if (job.submitter != context.sender()) return Error(kNotSubmitter);
  if (job.status == JobStatus::kDisputed) return Error(kDisputeOpen);
  if (!is_final(job.status)) return Error(kNotReady);
  if (!job.effects) return Error(kNoEffects);
  if (job.effects->state != EffectsState::kOpen) {
    return Error(kEffectsEnded, "they are " + std::string(codec::enum_name(job.effects->state)));
  }
  // Their due row may wait for its turn behind others.
  if (context.block.running_secs() >= job.effects->due_secs) {
    return Error(kEffectsEnded, "they lapsed when nobody had confirmed them in time");
  }
  if (job.effects->cid != body.effects_cid) {
    return Error(kEffectsDiffer, "the receipt names " + job.effects->cid.to_string());
  }
  return {};
}

Result<ConfirmEffects::Output> ConfirmEffects::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(job, load_job(view, body.job_id));
  const Job before = job;
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Millimana escrow_left = job.effects->held;
  Output output;
  output.job_id = body.job_id;
  output.state = body.decline ? EffectsState::kDeclined : EffectsState::kApplied;
  ICN_TRY(end_effects(step, body.job_id, job, output.state));
  ICN_TRY_ASSIGN(gathered, gather(body.job_id, job, body.effects));
  ICN_TRY_ASSIGN(fees, body.decline ? Result<Millimana>(Millimana{})
                                    : fees_of(context, scope_of(job.submission), gathered));
  output.mana = gathered.mana() + fees;
  for (const Effect& effect : gathered.effects()) {
    if (is_decision(effect)) continue;
    if (effect.kind == kGrantSubmitJob) {
      ICN_TRY(apply_child(step, body.job_id, job, effect, escrow_left));
      output.children.emplace_back(effect.id);
    } else if (effect.kind == kGrantPay) {
      ICN_TRY(apply_payment(step, body.job_id.text(), job.submitter, effect));
    } else {
      ICN_TRY(apply_spending(step, body.job_id.text(), job.submitter, effect));
    }
  }
  job.effects->children = output.children;
  ICN_TRY(kJobs.replace(view, body.job_id, before, job));
  ICN_TRY(books.finish());
  // They keep books of their own.
  for (const Effect& effect : gathered.effects()) {
    if (is_decision(effect)) ICN_TRY(apply_decision(context, effect, view));
  }
  if (!body.decline) {
    context.events.push_back(
        {std::string(kJobEffectsApplied), "{\"job_id\":" + codec::to_json_text(body.job_id) + "}"});
  }
  return output;
}

}  // namespace icn::mesh
