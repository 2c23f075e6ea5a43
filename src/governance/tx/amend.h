#pragma once

#include "governance/tx/propose.h"

namespace icn::governance {

// "governance.sponsor": a member stands up for a proposal; with enough of them its discussion begins.
//   apply   proposal_not_found, G001, wrong_state, G007 (the proposer), already_sponsored, too_many_sponsors
struct Sponsor {
  struct Body {
    std::string proposal_id;
    static constexpr auto fields() {
      return described(codec::field("proposal_id", &Body::proposal_id, "pr_ and 32 hex digits", {1, 64}));
    }
  };
  using Output = ProposalStanding;
  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.amend": the proposer changes the text or the actions while they are discussed: a new revision.
// Other actions begin the discussion anew. In a vote by consensus or consent an amendment answers what stands
// against it: the next round of voting begins.
//   check   malformed (changes nothing), unsupported, bad_action
//   apply   proposal_not_found, not_proposer, G001, wrong_state (also: no round is left), bad_action (a veto
//           is overridden with the actions it was of), wrong_category, too_lax, the actions' validate
struct Amend {
  struct Body {
    std::string proposal_id;
    std::optional<codec::Cid> content;
    std::optional<std::vector<Action>> actions;
    static constexpr auto fields() {
      return described(
          codec::field("proposal_id", &Body::proposal_id, "pr_ and 32 hex digits", {1, 64}),
          codec::field("content", &Body::content, "block with title and text"),
          codec::field("actions", &Body::actions, "in place of the former ones", {0, kActionsMax}));
    }
  };
  using Output = ProposalStanding;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.cancel": the proposer takes it back before voting; or two thirds of the scope's stewards do,
// one transaction each, before it is decided. The fee goes back.
//   apply   proposal_not_found, G001, not_proposer (neither proposer nor steward), wrong_state
struct Cancel {
  using Body = Sponsor::Body;
  using Output = ProposalStanding;
  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

enum class Step { kOpen, kClose, kExecute };
constexpr auto enum_names(Step) {
  return std::array{std::pair(Step::kOpen, std::string_view("open")),
                    std::pair(Step::kClose, std::string_view("close")),
                    std::pair(Step::kExecute, std::string_view("execute"))};
}

// "governance.advance": makes what is due happen in this block, and tries a failed execution again. The clock
// does the same without it.
//   apply   proposal_not_found, G001, not_due (with the time it will be), G009, G004, G005, G008, wrong_state
struct Advance {
  struct Body {
    std::string proposal_id;
    Step step = Step::kOpen;
    static constexpr auto fields() {
      return described(codec::field("proposal_id", &Body::proposal_id, "pr_ and 32 hex digits", {1, 64}),
                       codec::field("step", &Body::step));
    }
  };
  using Output = ProposalStanding;
  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::governance
