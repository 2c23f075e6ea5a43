#pragma once

#include "base/mana.h"
#include "governance/actions.h"
#include "governance/member.h"

// The rows of actions.def. Each has a described Body and the functions of ActionType; errors of validate and
// apply: bad_action, pool_too_small, those of members.h, rule_broken (a bound of a parameter).
namespace icn::governance {

using Events = std::vector<ledger::Event>;

// Bounds no vote may pass: economics.base_rate changes by 20 % an epoch at most; shares that are slashed need
// 80 %, rules of emergencies 90 %. Every governance.* belongs into a constitutional proposal.
struct UpdateParameter {
  struct Body {
    std::string name;
    std::int64_t value = 0;
    static constexpr auto fields() {
      using codec::field;
      return described(field("name", &Body::name, "of a parameter", {1, 100}),
                       field("value", &Body::value, "in the parameter's unit"));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body& body, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct OfMember {
  Did did;
  static constexpr auto fields() { return described(codec::field("did", &OfMember::did, "of the person")); }
};

// Who is reinstated keeps the roles it has and gets those it lacks. Into the scope of a federation it takes
// nobody by itself: who asked to join may do so then (applications.h).
struct AdmitMember {
  struct Body {
    Did did;
    std::vector<std::string> roles;
    static constexpr auto fields() {
      return described(codec::field("did", &Body::did, "of the person"),
                       codec::defaulted_field("roles", &Body::roles, "it has from then on", {0, 16}));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body& body, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct SuspendMember {
  using Body = OfMember;
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct RemoveMember {
  using Body = OfMember;
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body& body, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct UpgradeSoftware {
  struct Body {
    std::string version;
    static constexpr auto fields() {
      return described(codec::field("version", &Body::version, "as in 1.2.0", {1, 64}));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

// The text is that of the proposal, or a block of its own.
struct GenericText {
  struct Body {
    std::optional<codec::Cid> text_cid;
    static constexpr auto fields() {
      return described(codec::field("text_cid", &Body::text_cid, "block that holds the text"));
    }
  };
  static Result<void> check(const Body&) { return {}; }
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext&, const Body&, const ledger::Reader&) { return {}; }
  static Result<void> apply(const ActionContext&, const Body&, ledger::View&, Events&) { return {}; }
};

struct BudgetAllocation {
  struct Body {
    Did recipient;
    Millimana amount;
    std::optional<codec::Cid> purpose_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("recipient", &Body::recipient, "DID that receives"),
                       field("amount", &Body::amount, "mana", {1, kMillimanaMax.value}),
                       field("purpose_cid", &Body::purpose_cid, "block that says what for"));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body& body, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct RoleOf {
  Did did;
  std::string role;
  static constexpr auto fields() {
    return described(codec::field("did", &RoleOf::did, "of the member"),
                     codec::field("role", &RoleOf::role, "a-z, 0-9, - and _", {1, 64}));
  }
};

struct GrantRole {
  using Body = RoleOf;
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body& body, ActionNeeds& needs);
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct RevokeRole {
  using Body = RoleOf;
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

// Of all votes of the scope that are proposed from then on, by ballots that are public.
struct SetEarlyClosing {
  struct Body {
    bool closes_early = false;
    static constexpr auto fields() {
      return described(codec::field("closes_early", &Body::closes_early, "a cast ballot is final then"));
    }
  };
  static Result<void> check(const Body&) { return {}; }
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext&, const Body&, const ledger::Reader&) { return {}; }
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

// Of an organisation, in the scope of a federation alone: people have a vote each.
struct SetWeight {
  struct Body {
    Did did;
    std::uint32_t weight = 1;
    static constexpr auto fields() {
      return described(codec::field("did", &Body::did, "of the organisation's operator, a member"),
                       codec::field("weight", &Body::weight, "from the next vote on", {1, kWeightMax}));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

struct ReviewEmergency {
  struct Body {
    std::string emergency_id;
    bool is_justified = true;
    static constexpr auto fields() {
      return described(codec::field("emergency_id", &Body::emergency_id, "em_ and 32 hex digits", {1, 64}),
                       codec::field("is_justified", &Body::is_justified, "false: the stake is burned"));
    }
  };
  static Result<void> check(const Body& body);
  static Result<void> needs(const Body&, ActionNeeds&) { return {}; }
  static Result<void> validate(const ActionContext& context, const Body& body, const ledger::Reader& state);
  static Result<void> apply(const ActionContext& context, const Body& body, ledger::View& view,
                            Events& events);
};

}  // namespace icn::governance
