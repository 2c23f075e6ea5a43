#pragma once

#include "ledger/api/context.h"

namespace icn::ledger::api {

// Takes any signed transaction.
struct SubmitTransaction {
  using Input = Transaction;
  struct Output {
    TransactionId transaction_id;
    std::uint64_t height = 0;
    static constexpr auto fields() {
      return described(codec::field("transaction_id", &Output::transaction_id),
                       codec::field("height", &Output::height));
    }
  };
  static constexpr std::string_view summary = "Submit a signed transaction; answers its outcome";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// Where a transaction stands.
struct GetTransaction {
  struct Input {
    std::string id;
    std::optional<TimestampSecs> expires;
    static constexpr auto fields() {
      return described(
          codec::field("id", &Input::id, "64 hex digits", {64, 64}),
          codec::field("expires", &Input::expires, "of the transaction, to tell expired from unknown"));
    }
  };
  struct Output {
    TransactionId transaction_id;
    std::string status;  // committed, queued, expired, refused, unknown
    std::optional<std::uint64_t> height;
    std::optional<codec::Json> outcome;
    std::optional<TimestampSecs> expires;
    std::optional<std::string> code;
    std::optional<std::string> detail;
    static constexpr auto fields() {
      return described(
          codec::field("transaction_id", &Output::transaction_id),
          codec::field("status", &Output::status,
                       "committed; unknown (also while pending); of one that this node keeps for its sender "
                       "(?queue=true): queued, expired or refused"),
          codec::field("height", &Output::height), codec::field("outcome", &Output::outcome),
          codec::field("expires", &Output::expires, "of a kept one"),
          codec::field("code", &Output::code, "why a kept one ended"),
          codec::field("detail", &Output::detail));
    }
  };
  static constexpr std::string_view summary = "Status and outcome of a transaction";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::ledger::api
