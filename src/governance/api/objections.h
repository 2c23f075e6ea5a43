#pragma once

#include "governance/api/ballots.h"
#include "governance/tx/judge_objection.h"

// Objections to a vote by consent over HTTP. Raising one and withdrawing it are ballots: they are answered
// with a receipt, counted again by everybody, and may be sent as a signed "governance.vote" too.
namespace icn::governance::api {

enum class ObjectionStatus { kStanding, kWithdrawn, kSetAside };
constexpr auto enum_names(ObjectionStatus) {
  return std::array{std::pair(ObjectionStatus::kStanding, std::string_view("standing")),
                    std::pair(ObjectionStatus::kWithdrawn, std::string_view("withdrawn")),
                    std::pair(ObjectionStatus::kSetAside, std::string_view("set_aside"))};
}

struct ObjectionView {
  std::string objection_id;
  Did voter;
  std::string harm;
  TimestampSecs at = 0;
  ObjectionStatus status = ObjectionStatus::kStanding;
  std::uint64_t not_paramount = 0;
  std::uint64_t needed = 0;
  static constexpr std::string_view schema_name = "Objection";
  static constexpr auto fields() {
    using codec::field;
    using V = ObjectionView;
    return described(field("objection_id", &V::objection_id, "vote_id of the ballot that raised it first"),
                     field("voter", &V::voter), field("harm", &V::harm, "in the owner's words"),
                     field("at", &V::at, "Unix seconds"), field("status", &V::status),
                     field("not_paramount", &V::not_paramount, "members who find that it is not paramount"),
                     field("needed", &V::needed, "of them: two thirds of those who may vote"));
  }
};

// GET /governance/proposals/{id}/objections: the newest one of each member, by DID.   proposal_not_found
struct ListObjections {
  struct Input {
    std::string id;
    std::optional<std::uint32_t> round;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("round", &Input::round, "default: the newest", {1, 100}),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<ObjectionView>;
  static constexpr std::string_view summary = "The objections of a vote by consent";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /governance/proposals/{id}/objections: plain, or a signed "governance.vote".   wrong_state: the vote
// is not by consent; and the errors of a ballot
struct PostObjection {
  struct Input {
    std::string id;
    std::optional<Did> voter_did;
    std::optional<std::uint32_t> revision;
    std::string reason;
    std::optional<std::string> harm;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("voter_did", &Input::voter_did, "default: the caller's only DID"),
                       field("revision", &Input::revision, "default: what it is now", {1, 1'000'000}),
                       field("reason", &Input::reason, "names the harm, in 20 bytes at least", {1, 2'000}),
                       field("harm", &Input::harm, "who or what is harmed, and how; stands behind the reason",
                             {1, 1'000}));
    }
  };
  using Output = BallotAnswer;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Object to a proposal that is decided by consent";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/proposals/{id}/objections/{oid}/withdraw: a ballot with another position.
//   objection_not_found, objection_withdrawn, G007 (somebody else's), bad_ballot (another objection)
struct WithdrawObjection {
  struct Input {
    std::string id;
    std::string oid;
    std::optional<Did> voter_did;
    std::optional<std::uint32_t> revision;
    tally::Position position = tally::Position::kConcern;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("oid", &Input::oid, "objection_id"),
                       field("voter_did", &Input::voter_did, "its owner; default: the caller's only DID"),
                       field("revision", &Input::revision, "default: what it is now", {1, 1'000'000}),
                       defaulted_field("position", &Input::position, "taken instead"));
    }
  };
  using Output = BallotAnswer;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Withdraw one's objection";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/proposals/{id}/objections/{oid}/judge: plain, or a signed "governance.judge_objection".
struct PostJudgement {
  static constexpr std::string_view transaction = "governance.judge_objection";
  struct Input {
    std::string id;
    std::string oid;
    std::optional<Did> voter_did;
    std::optional<std::uint32_t> revision;
    bool is_paramount = false;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "pr_ and 32 hex digits"),
                       field("oid", &Input::oid, "objection_id"),
                       field("voter_did", &Input::voter_did, "default: the caller's only DID"),
                       field("revision", &Input::revision, "default: what it is now", {1, 1'000'000}),
                       field("is_paramount", &Input::is_paramount, "false: it should be set aside"));
    }
  };
  using Output = ledger::Written<JudgeObjection::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Say whether an objection is paramount";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::governance::api
