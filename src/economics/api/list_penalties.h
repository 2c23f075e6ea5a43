#pragma once

#include "economics/api/context.h"
#include "economics/penalties.h"
#include "http/call.h"

namespace icn::economics::api {

struct ShownPenalty {
  Did did;
  std::string proposal_id;
  PenalizedFor offence = PenalizedFor::kGovernanceManipulation;
  codec::Cid evidence_cid;
  Millimana amount;
  PenaltyState state = PenaltyState::kOpen;
  TimestampSecs at = 0;
  std::optional<TimestampSecs> ends_at;
  std::optional<codec::Cid> reason_cid;
  std::optional<std::string> ended_by;
  static constexpr std::string_view schema_name = "Penalty";
  static constexpr auto fields() {
    using codec::field;
    using P = ShownPenalty;
    return described(
        field("did", &P::did), field("proposal_id", &P::proposal_id, "that decided it"),
        field("offence", &P::offence), field("evidence_cid", &P::evidence_cid, "public block"),
        field("amount", &P::amount, "mana"), field("state", &P::state, "open: it may be contested"),
        field("at", &P::at, "Unix seconds"),
        field("ends_at", &P::ends_at, "when it burns, or if contested is free, by itself; Unix seconds"),
        field("reason_cid", &P::reason_cid, "why it is contested"),
        field("ended_by", &P::ended_by, "proposal that decided again"));
  }
};

// GET /economics/mana/penalties: of one account, by proposal.   I001, unsupported_did_method, bad_cursor
struct ListPenalties {
  struct Input {
    Did did;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "whose account"), http::limit_field(&Input::limit),
                       http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<ShownPenalty>;
  static constexpr std::string_view summary = "What scopes have taken of an account for offences";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::economics::api
