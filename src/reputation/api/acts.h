#pragma once

#include "reputation/api/context.h"
#include "reputation/tx/appeal.h"
#include "reputation/tx/endorse.h"

namespace icn::reputation::api {

// POST /reputation/{did}/endorse: plain, for a DID whose key this node keeps for the caller, or a whole
// signed "reputation.endorse" whose `to` is that of the path.
struct PostEndorsement {
  static constexpr std::string_view transaction = "reputation.endorse";
  struct Input {
    Did did;
    std::optional<Did> from;
    std::string context;
    std::optional<std::string> reason;
    static constexpr std::string_view schema_name = "EndorsementRequest";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "who is endorsed"),
                       field("from", &Input::from, "who endorses; the caller's only DID unless said"),
                       field("context", &Input::context, "in what, as \"bookkeeping\"", {1, 40}),
                       field("reason", &Input::reason, "kept as a public block", {1, 2'000}));
    }
  };
  using Output = ledger::Written<Endorse::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Endorse somebody in one context";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /reputation/{did}/appeals: plain, or a whole signed "reputation.appeal" of the DID of the path.
struct PostAppeal {
  static constexpr std::string_view transaction = "reputation.appeal";
  struct Input {
    Did did;
    std::uint64_t event_id = 0;
    std::string reason;
    static constexpr std::string_view schema_name = "AppealRequest";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "whose event it is, and who contests it"),
                       field("event_id", &Input::event_id, "of the history", {1, 1ll << 53}),
                       field("reason", &Input::reason, "kept as a public block", {1, 2'000}));
    }
  };
  using Output = ledger::Written<ContestEvent::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Contest an event of one's own reputation";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::reputation::api
