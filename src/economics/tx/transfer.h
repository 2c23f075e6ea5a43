#pragma once

#include <optional>

#include "economics/tables.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::economics {

// "economics.transfer": the sender gives mana to another account. Free of charge. Source: domain.md 5.
//
// Policy (economics.transfer_policy): none; members (who share an organisation); verified and open: any
// sender that is not Unverified. A recipient may have no account yet: it gets one, Unverified, which may hold
// as much as the cap of a Verified one and cannot pass it on.
//   check   I001, unsupported_did_method, transfer_to_self
//   apply   transfers_off, not_verified, no_common_organisation, exceeds_balance, exceeds_daily_limit,
//           did_not_found, exceeds_recipient_cap; the first that holds
struct Transfer {
  struct Body {
    Did to;
    Millimana amount;
    std::optional<codec::Cid> memo_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("to", &Body::to, "DID that receives"),
                       field("amount", &Body::amount, "mana", {1, kMillimanaMax.value}),
                       field("memo_cid", &Body::memo_cid, "block that holds the memo"));
    }
  };
  struct Output {
    std::string transfer_id;
    Millimana from_balance;
    Millimana to_balance;
    static constexpr std::string_view schema_name = "TransferResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("transfer_id", &Output::transfer_id, "tr_ and 32 hex digits"),
                       field("from_balance", &Output::from_balance, "mana of the payer afterwards"),
                       field("to_balance", &Output::to_balance, "mana of the recipient afterwards"));
    }
  };

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// prefix and the first 16 bytes of a transaction's hash in hex: "tr_", "gr_".
std::string short_id(std::string_view prefix, const ledger::CheckedTransaction& transaction);

}  // namespace icn::economics
