#pragma once

#include "economics/tables.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::economics {

// "economics.grant": the operator of an organization vouches for a person: the account becomes Verified and
// gets its start grant, a quarter of its cap, once a DID. Source: domain.md 5.
//   check      I001, unsupported_did_method
//   precheck   not_operator
//   apply      did_not_found, already_granted, grants_used_up
struct Grant {
  struct Body {
    Did to;
    static constexpr auto fields() { return described(codec::field("to", &Body::to, "DID of the person")); }
  };
  struct Output {
    std::string grant_id;
    Millimana amount;
    Millimana balance;
    Stage stage = Stage::kUnverified;
    static constexpr std::string_view schema_name = "GrantResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("grant_id", &Output::grant_id, "gr_ and 32 hex digits"),
                       field("amount", &Output::amount, "mana given"),
                       field("balance", &Output::balance, "mana of the account afterwards"),
                       field("stage", &Output::stage, "of the account afterwards"));
    }
  };

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::economics
