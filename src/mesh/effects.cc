#include "mesh/effects.h"

#include "base/errors.h"
#include "governance/tx/amend.h"
#include "governance/tx/cast_vote.h"
#include "mesh/errors.h"

namespace icn::mesh {
namespace {

struct ChildRecord {
  JobId parent;
  std::uint64_t index = 0;
  codec::Cid manifest_cid;
  static constexpr auto fields() {
    using codec::field;
    return described(field("parent", &ChildRecord::parent), field("index", &ChildRecord::index),
                     field("manifest_cid", &ChildRecord::manifest_cid));
  }
};

// A child may ask for nothing that its parent may not.
Result<void> check_within(const EffectScope& parent, const JobSpec& child) {
  for (const std::string& grant : child.grants) {
    if (!is_granted(parent.grants, grant)) {
      return Error(errors::kForbidden, "the child grants \"" + grant + "\", its parent does not");
    }
  }
  if (!child.allowance) return {};
  for (const Did& recipient : child.allowance->recipients) {
    if (std::ranges::find(parent.allowance.recipients, recipient) == parent.allowance.recipients.end()) {
      return Error(errors::kForbidden, recipient.text() + " is no recipient of the parent");
    }
  }
  if (child.allowance->mana_max <= parent.allowance.mana_max) return {};
  return Error(errors::kForbidden, "the child may spend more than its parent");
}

template <typename Body>
Result<Body> body_of(const Effect& effect) {
  auto body = codec::from_json<Body>(effect.body);
  if (!body.ok()) return Error(errors::kMalformed, body.error().detail());
  return body;
}

}  // namespace

bool is_decision(const Effect& effect) {
  return effect.kind == kGrantPropose || effect.kind == kEffectVote || effect.kind == kEffectAdvance;
}

codec::Cid effects_cid_of(const std::vector<Effect>& effects) {
  return codec::Cid::of(codec::kDagCbor, codec::encode_block(EffectList{effects}));
}

JobId child_job_id(const JobId& parent, std::size_t index, const codec::Cid& manifest) {
  const Bytes block = codec::encode_block(ChildRecord{parent, index, manifest});
  return JobId(codec::Cid::of(codec::kDagCbor, block).to_string());
}

EffectScope scope_of(const JobSpec& spec) {
  return {spec.grants, spec.allowance.value_or(Allowance{}), spec.max_price, spec.depth.value_or(0)};
}

Result<void> EffectGatherer::may_add(std::string_view kind, Millimana amount) const {
  if (!is_granted(scope_.grants, kind)) {
    return Error(errors::kForbidden, "the submission does not grant \"" + std::string(kind) + "\"");
  }
  if (list_.effects.size() >= kEffectsMax) return Error(errors::kRuleBroken, "too many effects");
  if (amount.value <= 0 || amount > kMillimanaMax) return Error(errors::kMalformed, "not an amount of mana");
  return check_ceiling(amount);
}

Result<void> EffectGatherer::check_ceiling(Millimana amount) const {
  if (mana_ + child_allowances_ + amount <= scope_.allowance.mana_max) return {};
  return Error(kInsufficientBudget, "the job's effects may cost " +
                                        codec::to_json_text(scope_.allowance.mana_max) + " mana together");
}

void EffectGatherer::note(std::string_view kind, std::string id, codec::Json body, Millimana amount) {
  list_.effects.push_back({std::string(kind), std::move(id), std::move(body)});
  mana_ += amount;
}

Result<EffectGatherer::Child> EffectGatherer::submit_job(JobSpec spec) {
  spec.depth = scope_.depth + 1;
  ICN_TRY(may_add(kGrantSubmitJob, std::max(spec.max_price, Millimana{1})));
  if (*spec.depth > kChildDepthMax) return Error(errors::kRuleBroken, "jobs may be 4 deep at most");
  ICN_TRY(validate_form(spec));
  ICN_TRY(check_within(scope_, spec));
  // Else many children, each with the whole allowance, would spend many times what was signed for.
  const Millimana allowed = spec.allowance ? spec.allowance->mana_max : Millimana{};
  ICN_TRY(check_ceiling(spec.max_price + allowed));
  if (child_mana_ + spec.max_price > scope_.max_price) {
    return Error(kInsufficientBudget, "child jobs are paid from the max_price of their parent");
  }
  Child child;
  child.block = spec_block(spec);
  if (child.block.bytes.size() > kSpecBytesMax) return Error(errors::kTooLarge, "the spec is too large");
  child.id = child_job_id(id_, list_.effects.size(), child.block.cid);
  note(kGrantSubmitJob, child.id.text(), codec::to_json(spec), spec.max_price);
  child_mana_ += spec.max_price;
  child_allowances_ += allowed;
  return child;
}

Result<void> EffectGatherer::pay(const Did& to, Millimana amount) {
  ICN_TRY(may_add(kGrantPay, amount));
  const auto& recipients = scope_.allowance.recipients;
  if (std::ranges::find(recipients, to) == recipients.end()) {
    return Error(errors::kForbidden, to.text() + " is no recipient of the submission");
  }
  note(kGrantPay, "", codec::to_json(Payment{to, amount}), amount);
  return {};
}

Result<void> EffectGatherer::spend(Millimana amount) {
  ICN_TRY(may_add(kGrantSpend, amount));
  note(kGrantSpend, "", codec::to_json(Spending{amount}), amount);
  return {};
}

Result<void> EffectGatherer::may_decide(std::string_view kind, const std::string& grant, bool is_once) const {
  if (!is_granted(scope_.grants, grant)) {
    return Error(errors::kForbidden, "the submission does not grant \"" + grant + "\"");
  }
  if (list_.effects.size() >= kEffectsMax) return Error(errors::kRuleBroken, "too many effects");
  if (is_once && std::ranges::find(list_.effects, kind, &Effect::kind) != list_.effects.end()) {
    return Error(errors::kRuleBroken, "a run may ask for one effect \"" + std::string(kind) + "\"");
  }
  return {};
}

Result<void> EffectGatherer::propose(const codec::Json& json) {
  ICN_TRY(may_decide(kGrantPropose, std::string(kGrantPropose), true));
  auto body = codec::from_json<governance::Propose::Body>(json);
  if (!body.ok()) return Error(errors::kMalformed, body.error().detail());
  ICN_TRY(governance::Propose::check({}, *body));
  note(kGrantPropose, "", codec::to_json(*body), {});
  return {};
}

Result<void> EffectGatherer::vote(const codec::Json& json) {
  auto body = codec::from_json<governance::CastVote::Body>(json);
  if (!body.ok()) return Error(errors::kMalformed, body.error().detail());
  ICN_TRY(may_decide(kEffectVote, std::string(kGrantVote) + body->proposal_id, true));
  note(kEffectVote, "", codec::to_json(*body), {});
  return {};
}

Result<void> EffectGatherer::advance(const codec::Json& json) {
  auto body = codec::from_json<governance::Advance::Body>(json);
  if (!body.ok()) return Error(errors::kMalformed, body.error().detail());
  ICN_TRY(may_decide(kEffectAdvance, std::string(kGrantAdvance) + body->proposal_id, false));
  note(kEffectAdvance, "", codec::to_json(*body), {});
  return {};
}

Result<void> EffectGatherer::add(const Effect& effect) {
  if (effect.kind == kGrantSubmitJob) {
    ICN_TRY_ASSIGN(spec, body_of<JobSpec>(effect));
    ICN_TRY(submit_job(std::move(spec)));
  } else if (effect.kind == kGrantPay) {
    ICN_TRY_ASSIGN(payment, body_of<Payment>(effect));
    ICN_TRY(pay(payment.to, payment.amount));
  } else if (effect.kind == kGrantSpend) {
    ICN_TRY_ASSIGN(spending, body_of<Spending>(effect));
    ICN_TRY(spend(spending.amount));
  } else if (effect.kind == kGrantPropose) {
    ICN_TRY(propose(effect.body));
  } else if (effect.kind == kEffectVote) {
    ICN_TRY(vote(effect.body));
  } else if (effect.kind == kEffectAdvance) {
    ICN_TRY(advance(effect.body));
  } else {
    return Error(errors::kMalformed, "kind: must be submit_job, pay, spend, propose, vote or advance");
  }
  if (codec::encode_record(list_.effects.back()) == codec::encode_record(effect)) return {};
  return Error(errors::kMalformed, "an effect is not as a run lists it");
}

}  // namespace icn::mesh
