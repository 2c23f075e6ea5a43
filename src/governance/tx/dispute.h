#pragma once

#include "governance/dispute.h"
#include "ledger/transaction_type.h"

namespace icn::governance {

// How a dispute stands, as its transactions answer.
struct DisputeStanding {
  std::string dispute_id;
  DisputeState state = DisputeState::kOpen;
  Millimana stake;
  std::optional<TimestampSecs> next_deadline;
  static constexpr std::string_view schema_name = "DisputeStanding";
  static constexpr auto fields() {
    using codec::field;
    return described(field("dispute_id", &DisputeStanding::dispute_id, "di_ and 32 hex digits"),
                     field("state", &DisputeStanding::state),
                     field("stake", &DisputeStanding::stake, "mana locked of who opened it"),
                     field("next_deadline", &DisputeStanding::next_deadline, "Unix seconds"));
  }
};

// "governance.open_dispute": a member has a dispute with another one of the scope. The stake of its level is
// locked; who wins has it back.
//   check   bad_scope, malformed (against oneself, no statement)
//   apply   G001, G007, member_not_found, too_small (an economic one of less than 10 mana), too_many_open,
//           dispute_not_found, wrong_state (an appeal against what was not decided by arbitration), G007 (not
//           a party of it), exceeds_balance
struct OpenDispute {
  struct Body {
    std::string scope = "local";
    DisputeType type = DisputeType::kGovernance;
    DisputeLevel level = DisputeLevel::kDirect;
    Did against;
    std::optional<std::string> subject;
    codec::Cid statement_cid;
    Millimana value;
    std::optional<std::string> appeal_of;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(defaulted_field("scope", &Body::scope, "default: local", {1, 200}),
                       field("type", &Body::type), field("level", &Body::level),
                       field("against", &Body::against, "the other party"),
                       field("subject", &Body::subject, "id or CID of what it is about", {1, 200}),
                       field("statement_cid", &Body::statement_cid, "public block"),
                       defaulted_field("value", &Body::value, "mana in dispute", {0, kMillimanaMax.value}),
                       field("appeal_of", &Body::appeal_of, "of level appeal: the dispute", {1, 64}));
    }
  };
  using Output = DisputeStanding;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.add_evidence": a party, or another member of the scope, brings what it knows while the dispute
// is open or investigated.
//   apply   dispute_not_found, G001, G007, wrong_state, too_much_evidence
struct AddEvidence {
  struct Body {
    std::string dispute_id;
    codec::Cid evidence_cid;
    static constexpr auto fields() {
      return described(codec::field("dispute_id", &Body::dispute_id, "di_ and 32 hex digits", {1, 64}),
                       codec::field("evidence_cid", &Body::evidence_cid, "public block"));
    }
  };
  using Output = DisputeStanding;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.resolve_dispute": before it is voted on, ends it: who opened it withdraws it, the other party
// concedes (upheld), and of a mediation a mediator says upheld, rejected or settled. While an arbitration is
// voted on, it is the voice of a member who could vote in the scope when the vote began: upheld or rejected;
// the last word before the end counts, and more than half of the voices uphold it.
//   apply   dispute_not_found, wrong_state, G007 (neither a party nor its mediator, or not this outcome; a
//           party in the vote), G001 (could not vote then)
struct ResolveDispute {
  struct Body {
    std::string dispute_id;
    DisputeState outcome = DisputeState::kWithdrawn;
    static constexpr auto fields() {
      return described(codec::field("dispute_id", &Body::dispute_id, "di_ and 32 hex digits", {1, 64}),
                       codec::field("outcome", &Body::outcome, "withdrawn, upheld, rejected or settled"));
    }
  };
  using Output = DisputeStanding;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::governance
