#pragma once

#include "governance/actions.h"
#include "governance/amendment.h"

// Protocol amendments: what the validators' organisations decided about how blocks are made and jobs are run.
// For a week 80 % of them can take one back. Source: domain.md 4. Thread: the ledger's writer.
namespace icn::governance {

// Notes what an action of a protocol amendment does; of other proposals nothing.
Result<void> note_amended(const ActionContext& context, ledger::View& view,
                          const AmendedParameter& parameter);
Result<void> note_amended(const ActionContext& context, ledger::View& view, const std::string& version);

// Gives parameters the values they had before the amendment, the newest first, and withdraws the versions it
// decided for. What was changed since stays.
//   validate, apply   wrong_scope; bad_action: no amendment, taken back already, or governance.rollback_secs
//                     have passed since it was carried out
struct RollbackAmendment {
  struct Body {
    std::string proposal_id;
    static constexpr auto fields() {
      return described(
          codec::field("proposal_id", &Body::proposal_id, "the amendment, carried out", {1, 64}));
    }
  };
  static Result<void> check(const Body&) { return {}; }
  static Result<void> needs(const Body&, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

}  // namespace icn::governance
