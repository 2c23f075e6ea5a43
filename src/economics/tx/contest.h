#pragma once

#include "economics/penalties.h"

namespace icn::economics {

// "economics.contest_penalty": the sender contests what a scope has taken of it (economics/penalties.h).
//   apply   penalty_not_found, penalty_state
struct ContestPenalty {
  struct Body {
    std::string proposal_id;
    codec::Cid reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("proposal_id", &Body::proposal_id, "that decided the penalty", {1, 64}),
                       field("reason_cid", &Body::reason_cid, "block with the reason"));
    }
  };
  struct Output {
    Did did;
    std::string proposal_id;
    PenaltyState state = PenaltyState::kContested;
    Millimana amount;
    TimestampSecs ends_at = 0;
    static constexpr std::string_view schema_name = "PenaltyResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("proposal_id", &Output::proposal_id),
                       field("state", &Output::state), field("amount", &Output::amount, "mana locked"),
                       field("ends_at", &Output::ends_at, "if nobody decides it, Unix seconds"));
    }
  };

  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::economics
