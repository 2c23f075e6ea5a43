#pragma once

#include "federation/api/context.h"
#include "federation/tx/trust.h"

namespace icn::federation::api {

// POST /cooperative/trust: plain, for a DID whose key this node keeps for the caller, or a whole signed
// "cooperative.trust".
struct PostTrust {
  static constexpr std::string_view transaction = "cooperative.trust";
  struct Input {
    Did from;
    Did to;
    TrustLevel level = TrustLevel::kNone;
    TrustContext context = TrustContext::kGeneral;
    std::optional<codec::Cid> metadata_cid;
    static constexpr std::string_view schema_name = "TrustRequest";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(field("from", &Input::from, "who trusts; the acting DID"),
                       field("to", &Input::to, "who is trusted"),
                       field("level", &Input::level, "none takes it back"),
                       defaulted_field("context", &Input::context, "in what; general unless said"),
                       field("metadata_cid", &Input::metadata_cid, "block with what else is said"));
    }
  };
  using Output = ledger::Written<SetTrust::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Say how far a cooperative trusts another, or take it back";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// GET /cooperative/trust/{did}: in order of context and the other DID; each list has its own pages.
struct GetTrust {
  struct Input {
    Did did;
    std::optional<TrustContext> context;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> incoming_cursor;
    std::optional<std::string> outgoing_cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("did", &Input::did), field("context", &Input::context, "only of this one"),
          http::limit_field(&Input::limit),
          field("incoming_cursor", &Input::incoming_cursor, "next_incoming of the page before", {1, 1024}),
          field("outgoing_cursor", &Input::outgoing_cursor, "next_outgoing of the page before", {1, 1024}));
    }
  };
  struct Output {
    Did did;
    std::vector<TrustEdge> incoming;
    std::vector<TrustEdge> outgoing;
    std::optional<std::string> next_incoming;
    std::optional<std::string> next_outgoing;
    static constexpr std::string_view schema_name = "TrustOf";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("incoming", &Output::incoming, "who trusts it"),
                       field("outgoing", &Output::outgoing, "whom it trusts"),
                       field("next_incoming", &Output::next_incoming, "absent: no more"),
                       field("next_outgoing", &Output::next_outgoing, "absent: no more"));
    }
  };
  static constexpr std::string_view summary = "Who trusts a cooperative, and whom it trusts";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

}  // namespace icn::federation::api
