#pragma once

#include "ledger/transaction_type.h"
#include "reputation/appeals.h"

namespace icn::reputation {

// "reputation.appeal": the sender contests an event of its own reputation on a stake (appeals.h).
//   apply   event_not_found, contest_over, appeal_exists, appeals_max, exceeds_balance; the first that holds
struct ContestEvent {
  struct Body {
    std::uint64_t event_id = 0;
    codec::Cid reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("event_id", &Body::event_id, "number in the sender's history", {1, 1ll << 53}),
                       field("reason_cid", &Body::reason_cid, "block with the reason"));
    }
  };
  struct Output {
    Did did;
    std::uint64_t event_id = 0;
    AppealState state = AppealState::kOpen;
    Millimana stake;
    TimestampSecs ends_at = 0;
    Points score;
    static constexpr std::string_view schema_name = "AppealResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("event_id", &Output::event_id),
                       field("state", &Output::state), field("stake", &Output::stake, "mana locked"),
                       field("ends_at", &Output::ends_at, "if nobody decides it, Unix seconds"),
                       field("score", &Output::score, "without the event"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::reputation
