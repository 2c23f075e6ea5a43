#pragma once

#include "governance/api/context.h"
#include "governance/emergency.h"
#include "governance/tx/declare_emergency.h"

namespace icn::governance::api {

// An emergency as it is shown. Times are Unix seconds, as they come if the network does not stand still.
struct EmergencyView {
  std::string emergency_id;
  std::string scope;
  EmergencyKind kind = EmergencyKind::kAnomaly;
  EmergencyState state = EmergencyState::kDeclared;
  codec::Cid evidence_cid;
  std::optional<std::string> evidence;
  std::vector<Did> signatures;
  TimestampSecs declared_at = 0;
  std::optional<TimestampSecs> started_at;
  std::optional<TimestampSecs> ends_at;
  Millimana stake;
  std::vector<ParameterOverride> overrides;
  EmergencyReview review = EmergencyReview::kPending;
  std::optional<std::string> review_proposal;
  static constexpr std::string_view schema_name = "Emergency";
  static constexpr auto fields() {
    using codec::field;
    using V = EmergencyView;
    return described(field("emergency_id", &V::emergency_id), field("scope", &V::scope),
                     field("kind", &V::kind), field("state", &V::state),
                     field("evidence_cid", &V::evidence_cid),
                     field("evidence", &V::evidence, "absent: this node does not hold the text"),
                     field("signatures", &V::signatures, "of the committee"),
                     field("declared_at", &V::declared_at, "Unix seconds"),
                     field("started_at", &V::started_at, "Unix seconds"),
                     field("ends_at", &V::ends_at, "Unix seconds; by itself"),
                     field("stake", &V::stake, "mana locked of the first who signed"),
                     field("overrides", &V::overrides, "parameters that are others while it lasts"),
                     field("review", &V::review),
                     field("review_proposal", &V::review_proposal, "that decided the review"));
  }
};

// POST /governance/emergency: plain, or a signed "governance.declare_emergency".
struct PostEmergency {
  static constexpr std::string_view transaction = "governance.declare_emergency";
  struct Input {
    std::optional<Did> did;
    std::string scope = "local";
    EmergencyKind kind = EmergencyKind::kAnomaly;
    std::string evidence;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "of the committee; default: the caller's only DID"),
                       codec::defaulted_field("scope", &Input::scope, "default: local", {1, 200}),
                       field("kind", &Input::kind),
                       field("evidence", &Input::evidence, "what was seen; everybody reads it", {1, 10'000}));
    }
  };
  using Output = ledger::Written<DeclareEmergency::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Declare an emergency, or join others who did";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// GET /governance/emergency: the newest first.
struct ListEmergencies {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<EmergencyView>;
  static constexpr std::string_view summary = "Uses of emergency powers";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /governance/emergency/signs: what this node sees that may be one, and whose it is to judge.
struct GetEmergencySigns {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    std::vector<WarningSign> signs;
    std::string scope;
    std::vector<Did> committee;
    std::vector<std::string> active;
    static constexpr std::string_view schema_name = "EmergencySigns";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("signs", &Output::signs, "of the last hour; a capture of governance is seen by people alone"),
          field("scope", &Output::scope, "that decides for the network"),
          field("committee", &Output::committee, "who may declare an emergency there"),
          field("active", &Output::active, "ids of emergencies that are declared or active"));
    }
  };
  static constexpr std::string_view summary = "What looks like an emergency";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /governance/emergency/{id}   emergency_not_found
struct GetEmergency {
  struct Input {
    std::string id;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "em_ and 32 hex digits"));
    }
  };
  using Output = EmergencyView;
  static constexpr std::string_view summary = "One use of emergency powers";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::governance::api
