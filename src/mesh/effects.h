#pragma once

#include <string>
#include <vector>

#include "mesh/ledger_use.h"
#include "mesh/spec.h"

// What jobs want the ledger to do: listed by the run, applied by "mesh.confirm" alone. Source: design.md 6
// "Ledger effects". Format: docs/formats/job.md.
namespace icn::mesh {

// One wish. Does nothing by itself.
//   submit_job   body: the whole spec of the child job; id: the id it will have
//   pay          body: {to, amount}
//   spend        body: {amount}
//   propose      body: that of "governance.propose"; its content is a block the job made
//   vote         body: that of "governance.vote"
//   advance      body: that of "governance.advance"
struct Effect {
  std::string kind;  // what `grants` must hold
  std::string id;
  codec::Json body;
  static constexpr std::string_view schema_name = "JobEffect";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("kind", &Effect::kind, "submit_job, pay, spend, propose, vote or advance", {1, 32}),
        field("id", &Effect::id, "of a child job", {0, 128}),
        field("body", &Effect::body,
              "the child's spec; {to, amount}; {amount}; the body of the transaction of governance"));
  }
};
inline constexpr std::size_t kEffectsMax = 32;
struct EffectList {
  std::vector<Effect> effects;
  static constexpr auto fields() { return described(codec::field("effects", &EffectList::effects)); }
};
codec::Cid effects_cid_of(const std::vector<Effect>& effects);

struct Payment {
  Did to;
  Millimana amount;
  static constexpr auto fields() {
    using codec::field;
    return described(field("to", &Payment::to),
                     field("amount", &Payment::amount, "mana", {1, kMillimanaMax.value}));
  }
};
struct Spending {
  Millimana amount;
  static constexpr auto fields() {
    return described(codec::field("amount", &Spending::amount, "mana", {1, kMillimanaMax.value}));
  }
};

inline constexpr std::string_view kEffectVote = "vote";
inline constexpr std::string_view kEffectAdvance = "advance";
// Whether it is one of governance: a transaction of its own in the confirmation.
bool is_decision(const Effect& effect);

// The id of child number `index` of `parent`, known while the parent runs.
JobId child_job_id(const JobId& parent, std::size_t index, const codec::Cid& manifest);

// What a job may ask for.
struct EffectScope {
  std::vector<std::string> grants;
  Allowance allowance;  // empty: nothing
  Millimana max_price;  // child jobs are paid from it
  std::uint32_t depth = 0;
};
EffectScope scope_of(const JobSpec& spec);

// Gathers the effects of one run, or checks a list of them again, within what its scope grants. A refused one
// changes nothing.
//   forbidden     not granted, another recipient, or a child that grants more than its parent
//   payment       beyond mana_max, which a child's own allowance is part of, or children beyond the parent's
//                 max_price
//   malformed     no spec, no amount, no body of its transaction;   J001 (rule): a spec that no node runs
//   rule          deeper than kChildDepthMax, more than kEffectsMax, a second proposal or ballot, or what the
//                 transaction of governance refuses without the state
class EffectGatherer {
 public:
  // `id`: of the job that asks; outlives it.
  EffectGatherer(const JobId& id, EffectScope scope) : id_(id), scope_(std::move(scope)) {}

  // `spec` as the job wrote it: it is completed, with its depth. Answers the child's id and its block.
  struct Child {
    JobId id;
    SpecBlock block;
  };
  Result<Child> submit_job(JobSpec spec);
  Result<void> pay(const Did& to, Millimana amount);
  Result<void> spend(Millimana amount);
  // One proposal and one ballot a run: each is known by the transaction that confirms it.
  Result<void> propose(const codec::Json& body);
  Result<void> vote(const codec::Json& body);
  Result<void> advance(const codec::Json& body);

  // Appends `effect` if it is one that these functions make, byte for byte; else malformed.
  Result<void> add(const Effect& effect);

  const std::vector<Effect>& effects() const { return list_.effects; }
  Millimana mana() const { return mana_; }  // all effects

 private:
  Result<void> may_add(std::string_view kind, Millimana amount) const;
  Result<void> check_ceiling(Millimana amount) const;
  Result<void> may_decide(std::string_view kind, const std::string& grant, bool is_once) const;
  void note(std::string_view kind, std::string id, codec::Json body, Millimana amount);

  const JobId& id_;
  EffectScope scope_;
  EffectList list_;
  Millimana mana_;
  Millimana child_mana_;        // of it: max_price of child jobs
  Millimana child_allowances_;  // what the effects of child jobs may cost
};

}  // namespace icn::mesh
