#pragma once

#include "reputation/api/context.h"
#include "reputation/tx/attest.h"

namespace icn::reputation::api {

// An attestation as it is shown.
struct AttestationView {
  Did about;
  std::string claim;
  AttestationState state = AttestationState::kPending;
  std::optional<TimestampSecs> holds_until;
  std::vector<Voice> attesters;
  std::vector<Voice> challenges;
  static constexpr std::string_view schema_name = "Attestation";
  static constexpr auto fields() {
    using codec::field;
    using V = AttestationView;
    return described(field("about", &V::about), field("claim", &V::claim), field("state", &V::state),
                     field("holds_until", &V::holds_until, "Unix seconds; absent: it does not hold"),
                     field("attesters", &V::attesters, "the newest 20, the oldest first"),
                     field("challenges", &V::challenges, "likewise"));
  }
};

// GET /reputation/{did}/attestations: in order of their claims.
struct ListAttestations {
  struct Input {
    Did did;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "about whom"), http::limit_field(&Input::limit),
                       http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<AttestationView>;
  static constexpr std::string_view summary = "What is attested of somebody";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /reputation/{did}/attestations: plain, or a whole signed "reputation.attest" about the DID of the
// path.
struct PostAttestation {
  static constexpr std::string_view transaction = "reputation.attest";
  struct Input {
    Did did;
    std::optional<Did> from;
    std::string claim;
    std::optional<std::string> evidence;
    static constexpr std::string_view schema_name = "AttestationRequest";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "about whom"),
                       field("from", &Input::from, "who attests; the caller's only DID unless said"),
                       field("claim", &Input::claim, "as skill:baking", {1, 80}),
                       field("evidence", &Input::evidence, "kept as a public block", {1, 2'000}));
    }
  };
  using Output = ledger::Written<Attest::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Attest a claim about somebody";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /reputation/{did}/attestations/challenge: plain, or a whole signed "reputation.challenge".
struct PostChallenge {
  static constexpr std::string_view transaction = "reputation.challenge";
  struct Input {
    Did did;
    std::optional<Did> from;
    std::string claim;
    std::string reason;
    static constexpr std::string_view schema_name = "ChallengeRequest";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "about whom"),
                       field("from", &Input::from, "who disputes it; the caller's only DID unless said"),
                       field("claim", &Input::claim, "as skill:baking", {1, 80}),
                       field("reason", &Input::reason, "kept as a public block", {1, 2'000}));
    }
  };
  using Output = ledger::Written<ChallengeAttestation::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Dispute a claim about somebody";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::reputation::api
