#pragma once

#include "economics/api/context.h"
#include "economics/tx/transfer.h"

namespace icn::economics::api {

// POST /economics/mana/transfer: plain fields, signed with a key the node keeps, or a whole signed
// "economics.transfer". Errors beside the transaction's: malformed (no `from` or `to`, or two of one),
// no_memo_store, and those of ledger/api/writer.h.
struct PostTransfer {
  static constexpr std::string_view transaction = "economics.transfer";
  struct Input {
    std::optional<Did> from;
    std::optional<Did> from_did;
    std::optional<Did> to;
    std::optional<Did> to_did;
    Millimana amount;
    std::optional<std::string> memo;
    static constexpr auto fields() {
      using codec::field;
      return described(field("from", &Input::from, "who pays"),
                       field("from_did", &Input::from_did, "another name of `from`"),
                       field("to", &Input::to, "who receives"),
                       field("to_did", &Input::to_did, "another name of `to`"),
                       field("amount", &Input::amount, "mana, up to 3 decimals", {1, kMillimanaMax.value}),
                       field("memo", &Input::memo, "free text, kept outside the ledger", {1, 500}));
    }
  };
  using Output = ledger::Written<Transfer::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Pay mana to another account";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::economics::api
