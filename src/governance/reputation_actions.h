#pragma once

#include "economics/penalties.h"
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
// mentorship, conflict_resolution, spam_reported, sybil_detected. The last one also burns the deposit of who
// vouched for the member (economics/vouching.h).   bad_action (another kind), member_not_found
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

// For `secs` the reputation of a member gains nothing.   member_not_found
struct FreezeReputation {
  struct Body {
    Did did;
    std::uint64_t secs = 604'800;
    static constexpr auto fields() {
      return described(codec::field("did", &Body::did, "of the member"),
                       codec::defaulted_field("secs", &Body::secs, "default 7 days", {60, 2'592'000}));
    }
  };
  static Result<void> check(const Body&) { return {}; }
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

// Locks a share of what a member has, which burns unless the member contests it (economics/penalties.h). It
// needs what expelling does.   member_not_found, penalty_exists, nothing_to_slash
struct Penalize {
  struct Body {
    Did did;
    economics::PenalizedFor offence = economics::PenalizedFor::kGovernanceManipulation;
    codec::Cid evidence_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Body::did, "of the member"), field("offence", &Body::offence),
                       field("evidence_cid", &Body::evidence_cid, "public block that shows it"));
    }
  };
  static Result<void> check(const Body&) { return {}; }
  static Result<void> needs(const Body&, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

// Burns a pending penalty of a member, or frees it.   member_not_found, penalty_not_found, penalty_state
struct DecidePenalty {
  struct Body {
    Did did;
    std::string penalty;
    bool upheld = false;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Body::did, "of the member"),
                       field("penalty", &Body::penalty, "id of the proposal that decided it", {1, 64}),
                       field("upheld", &Body::upheld, "true: it burns"));
    }
  };
  static Result<void> check(const Body&) { return {}; }
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            std::vector<ledger::Event>& events);
};

}  // namespace icn::governance
