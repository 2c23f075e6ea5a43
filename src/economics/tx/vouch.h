#pragma once

#include "economics/vouching.h"

namespace icn::economics {

// "economics.vouch": an active member, or an operator, answers with a deposit for somebody new, who becomes
// Verified. Source: domain.md 5.
//   check   I001, unsupported_did_method, vouches_for_self
//   apply   may_not_vouch, did_not_found, already_verified, exceeds_balance; the first that holds
struct VouchFor {
  struct Body {
    Did to;
    static constexpr auto fields() { return described(codec::field("to", &Body::to, "DID of the person")); }
  };
  struct Output {
    Did to;
    Millimana deposit;
    TimestampSecs free_at = 0;
    Stage stage = Stage::kUnverified;
    static constexpr std::string_view schema_name = "VouchResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("to", &Output::to), field("deposit", &Output::deposit, "mana locked"),
                       field("free_at", &Output::free_at, "unless it burns before, Unix seconds"),
                       field("stage", &Output::stage, "of the other's account"));
    }
  };

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::economics
