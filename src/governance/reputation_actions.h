#pragma once

#include "governance/actions.h"
#include "reputation/score/event.h"

// Actions about somebody's reputation, rows of actions.def: a scope decides about its members alone.
namespace icn::governance {

// Ends an open appeal of a member against an event (reputation/appeals.h). Errors of validate and apply:
// member_not_found, no_open_appeal.
struct DecideAppeal {
  struct Body {
    Did did;
    std::uint64_t event_id = 0;
    bool upheld = false;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Body::did, "whose event it is"),
                       field("event_id", &Body::event_id, "of its history", {1, 1ll << 53}),
                       field("upheld", &Body::upheld, "true: the event is struck"));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

// Notes what a member did: one of community_violation, mediation_success, contributed_code, documentation,
// mentorship, conflict_resolution, spam_reported, sybil_detected. bad_action (another kind), member_not_found
struct RecordConduct {
  struct Body {
    Did did;
    reputation::EventKind kind = reputation::EventKind::kCommunityViolation;
    static constexpr auto fields() {
      return described(codec::field("did", &Body::did, "of the member"),
                       codec::field("kind", &Body::kind, "what it did"));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body& body, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

}  // namespace icn::governance
