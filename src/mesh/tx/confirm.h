#pragma once

#include "ledger/transaction_type.h"
#include "mesh/effects.h"
#include "mesh/job.h"

namespace icn::mesh {

inline constexpr ErrorKind kNoEffects{Category::kConflict, "no_effects",
                                      "the job asks nothing of the ledger"};
inline constexpr ErrorKind kEffectsEnded{Category::kConflict, "effects_ended",
                                         "the effects were applied, declined or have lapsed"};
inline constexpr ErrorKind kEffectsDiffer{Category::kRule, "effects_differ",
                                          "these are not the effects of the receipt"};
inline constexpr ErrorKind kEffectNotAllowed{Category::kForbidden, "effect_not_allowed",
                                             "an effect is beyond what the submission allows"};

// "mesh.confirm": the submitter has the ledger do what its job asked for: all of it, or none (decline), once.
// Child jobs are paid from what their parent's escrow left, payments and spending from the account, by the
// rules of transfers; then what concerns proposals happens as by the submitter's own transactions, of which
// this is the evidence. A refused one changes nothing and may be sent again until the effects lapse.
//   check      effects_differ (the list is not what effects_cid names)
//   precheck   job_not_found, not_submitter, no_effects, J006, job_not_ended, effects_ended, effects_differ
//   apply      effect_not_allowed, J001, J002, J010, open_jobs_max, and the codes of "economics.transfer",
//              "governance.propose", "governance.vote" and "governance.advance"
struct ConfirmEffects {
  struct Body {
    JobId job_id;
    codec::Cid effects_cid;
    std::vector<Effect> effects;
    bool decline = false;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          field("job_id", &Body::job_id, "CID"),
          field("effects_cid", &Body::effects_cid, "as in the receipt"),
          defaulted_field("effects", &Body::effects, "the list it names; none to decline", {0, kEffectsMax}),
          defaulted_field("decline", &Body::decline, "end them without effect"));
    }
  };
  struct Output {
    JobId job_id;
    EffectsState state = EffectsState::kApplied;
    Millimana mana;
    std::vector<JobId> children;
    static constexpr std::string_view schema_name = "ConfirmedEffects";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id), field("state", &Output::state),
                       field("mana", &Output::mana, "what they cost, child jobs at their max_price"),
                       field("children", &Output::children, "jobs they made"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
