#pragma once

#include "economics/tx/contest.h"
#include "reputation/api/context.h"

namespace icn::reputation::api {

// POST /economics/mana/penalties/contest: plain, or a whole signed "economics.contest_penalty". It stands
// here because the reason becomes a block, which economics knows nothing of.
struct PostContest {
  static constexpr std::string_view transaction = "economics.contest_penalty";
  struct Input {
    std::optional<Did> did;
    std::string proposal_id;
    std::string reason;
    static constexpr std::string_view schema_name = "ContestRequest";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Input::did, "whose penalty; the caller's only DID unless said"),
                       field("proposal_id", &Input::proposal_id, "that decided the penalty", {1, 64}),
                       field("reason", &Input::reason, "kept as a public block", {1, 2'000}));
    }
  };
  using Output = ledger::Written<economics::ContestPenalty::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Contest what a scope has taken of one's account";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::reputation::api
