#pragma once

#include "governance/api/context.h"
#include "governance/tx/dispute.h"

// Disputes over HTTP: plain fields, signed with a key the node keeps, or the whole signed transaction, whose
// dispute_id is that of the path. Texts are kept as public blocks.
namespace icn::governance::api {

struct EvidenceView {
  Did did;
  codec::Cid cid;
  std::optional<std::string> text;
  TimestampSecs at = 0;
  static constexpr std::string_view schema_name = "DisputeEvidence";
  static constexpr auto fields() {
    using codec::field;
    using V = EvidenceView;
    return described(field("did", &V::did), field("cid", &V::cid, "public block"),
                     field("text", &V::text, "absent: this node does not hold it, or it was not asked for"),
                     field("at", &V::at, "Unix seconds"));
  }
};

struct DisputeView {
  std::string dispute_id;
  std::string scope;
  DisputeType type = DisputeType::kGovernance;
  DisputeLevel level = DisputeLevel::kDirect;
  Did opener_did;
  Did against_did;
  std::optional<std::string> subject;
  std::optional<codec::Cid> statement_cid;
  std::optional<std::string> statement;
  Millimana value;
  Millimana stake;
  DisputeState state = DisputeState::kOpen;
  TimestampSecs opened_at = 0;
  std::optional<TimestampSecs> next_deadline;
  std::uint64_t upheld_votes = 0;
  std::uint64_t rejected_votes = 0;
  std::vector<EvidenceView> evidence;
  std::optional<Did> resolved_by;
  std::optional<std::string> appeal_of;
  bool is_about_recovery = false;
  static constexpr std::string_view schema_name = "Dispute";
  static constexpr auto fields() {
    using codec::field;
    using V = DisputeView;
    return described(
        field("dispute_id", &V::dispute_id), field("scope", &V::scope), field("type", &V::type),
        field("level", &V::level), field("opener_did", &V::opener_did), field("against_did", &V::against_did),
        field("subject", &V::subject, "id or CID of what it is about"),
        field("statement_cid", &V::statement_cid, "absent: the rules opened it"),
        field("statement", &V::statement, "absent: this node does not hold the text"),
        field("value", &V::value, "mana in dispute"), field("stake", &V::stake, "mana locked of the opener"),
        field("state", &V::state), field("opened_at", &V::opened_at, "Unix seconds"),
        field("next_deadline", &V::next_deadline, "Unix seconds"), field("upheld_votes", &V::upheld_votes),
        field("rejected_votes", &V::rejected_votes), field("evidence", &V::evidence),
        field("resolved_by", &V::resolved_by),
        field("appeal_of", &V::appeal_of, "the dispute it appeals against"),
        field("is_about_recovery", &V::is_about_recovery,
              "of the other party, whose keys are frozen: upheld, the key its guardians ask for replaces "
              "them"));
  }
};

// POST /disputes
struct PostDispute {
  static constexpr std::string_view transaction = "governance.open_dispute";
  struct Input {
    std::optional<Did> did;
    std::string scope = "local";
    DisputeType type = DisputeType::kGovernance;
    DisputeLevel level = DisputeLevel::kDirect;
    Did against;
    std::optional<std::string> subject;
    std::string statement;
    Millimana value;
    std::optional<std::string> appeal_of;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(field("did", &Input::did, "who opens it; default: the caller's only DID"),
                       defaulted_field("scope", &Input::scope, "default: local", {1, 200}),
                       field("type", &Input::type), field("level", &Input::level),
                       field("against", &Input::against, "the other party"),
                       field("subject", &Input::subject, "id or CID of what it is about", {1, 200}),
                       field("statement", &Input::statement, "everybody reads it", {1, 10'000}),
                       defaulted_field("value", &Input::value, "mana in dispute", {0, kMillimanaMax.value}),
                       field("appeal_of", &Input::appeal_of, "of level appeal: the dispute", {1, 64}));
    }
  };
  using Output = ledger::Written<DisputeStanding>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Open a dispute with another member";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// GET /disputes: the newest first.
struct ListDisputes {
  struct Input {
    std::optional<Did> did;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "only those with this party"),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<DisputeView>;
  static constexpr std::string_view summary = "Disputes";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /disputes/{id}   dispute_not_found
struct GetDispute {
  struct Input {
    std::string id;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "di_ and 32 hex digits"));
    }
  };
  using Output = DisputeView;
  static constexpr std::string_view summary = "One dispute: parties, evidence, votes";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

struct DisputeAct {
  using Output = ledger::Written<DisputeStanding>;
  static constexpr bool is_idempotency_durable = true;
  static Result<void> matches(const http::Request& request, const codec::Json& body) {
    return path_matches(request, body, "dispute_id");
  }
};

// POST /disputes/{id}/evidence
struct PostEvidence : DisputeAct {
  static constexpr std::string_view transaction = "governance.add_evidence";
  struct Input {
    std::string id;
    std::optional<Did> did;
    std::string evidence;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "di_ and 32 hex digits"),
                       field("did", &Input::did, "default: the caller's only DID"),
                       field("evidence", &Input::evidence, "everybody reads it", {1, 10'000}));
    }
  };
  static constexpr std::string_view summary = "Bring evidence in a dispute";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /disputes/{id}/resolve
struct PostResolution : DisputeAct {
  static constexpr std::string_view transaction = "governance.resolve_dispute";
  struct Input {
    std::string id;
    std::optional<Did> did;
    DisputeState outcome = DisputeState::kWithdrawn;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "di_ and 32 hex digits"),
                       field("did", &Input::did, "party, mediator or judge; default: the caller's only DID"),
                       field("outcome", &Input::outcome, "withdrawn, upheld, rejected or settled"));
    }
  };
  static constexpr std::string_view summary = "End a dispute, or say who is right in one that is voted on";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::governance::api
