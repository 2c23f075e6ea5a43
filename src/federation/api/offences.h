#pragma once

#include "federation/api/context.h"
#include "federation/tx/contest.h"

namespace icn::federation::api {

// What a validator did against the rules, and what it costs.
struct OffenceView {
  std::string offence;
  std::string kind;
  Did organization;
  Did operator_did;
  std::uint64_t engine_height = 0;
  TimestampSecs found_at = 0;
  Millimana locked;
  Millimana burned;
  std::optional<TimestampSecs> burns_at;
  std::optional<TimestampSecs> lifted_at;
  static constexpr std::string_view schema_name = "Offence";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("offence", &OffenceView::offence, "its name: kind, address, height"),
        field("kind", &OffenceView::kind, "duplicate_vote or light_client_attack"),
        field("organization", &OffenceView::organization), field("operator_did", &OffenceView::operator_did),
        field("engine_height", &OffenceView::engine_height, "of CometBFT, where it happened"),
        field("found_at", &OffenceView::found_at, "Unix seconds"),
        field("locked", &OffenceView::locked, "mana, until it is burned or taken back"),
        field("burned", &OffenceView::burned, "mana"),
        field("burns_at", &OffenceView::burns_at, "Unix seconds, if the network does not stand still"),
        field("lifted_at", &OffenceView::lifted_at, "Unix seconds: the penalty was taken back"));
  }
};

// GET /federation/offences: in the order of the validators' addresses.
struct ListOffences {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<OffenceView>;
  static constexpr std::string_view summary = "Offences of validators and their penalties";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

// POST /federation/contest: plain (the node signs as itself) or a signed "federation.contest".
struct PostContest {
  static constexpr std::string_view transaction = "federation.contest";
  using Input = ContestPenalty::Body;
  using Output = ledger::Written<ChangeResult>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Contest the penalty of an offence while it is locked";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::federation::api
