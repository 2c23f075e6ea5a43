#pragma once

#include "ledger/transaction_type.h"
#include "reputation/appeals.h"

namespace icn::reputation {

// "reputation.endorse": the sender stands up for somebody in one context, once. It gives the other a
// PeerEndorsement, damped like every event, and counts as the sender's activity. Source: domain.md 6.
//   check   I001, unsupported_did_method, endorses_self
//   apply   not_verified, endorses_self (is_ones_own() of ../note.h), did_not_found (a did:icn that is not on
//           the ledger), already_endorsed
struct Endorse {
  struct Body {
    Did to;
    std::string context;
    std::optional<codec::Cid> reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("to", &Body::to, "who is endorsed"),
                       field("context", &Body::context, "in what, as \"bookkeeping\"", {1, 40}),
                       field("reason_cid", &Body::reason_cid, "block with the reason"));
    }
  };
  struct Output {
    Did to;
    std::string context;
    std::uint64_t event_id = 0;
    Points delta;
    Points score;
    static constexpr std::string_view schema_name = "EndorsementResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("to", &Output::to), field("context", &Output::context),
                       field("event_id", &Output::event_id, "of the other's history; 0: it weighed nothing"),
                       field("delta", &Output::delta, "points it gave"),
                       field("score", &Output::score, "of the other afterwards"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::reputation
