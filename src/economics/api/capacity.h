#pragma once

#include "economics/api/context.h"
#include "economics/tx/declare.h"
#include "http/call.h"

namespace icn::economics::api {

// GET /economics/mana/capacity.   I001, unsupported_did_method, nothing_declared
struct GetCapacity {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did, "whose capacity")); }
  };
  struct Output {
    Did did;
    Figures declared;
    Figures counted;
    double job_success = 0;
    TimestampSecs declared_at = 0;
    double sigma = 0;
    std::uint64_t accounts = 0;
    static constexpr std::string_view schema_name = "DeclaredCapacity";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("declared", &Output::declared),
                       field("counted", &Output::counted, "what receipts bear out of it"),
                       field("job_success", &Output::job_success, "share of its jobs, when it was declared"),
                       field("declared_at", &Output::declared_at, "Unix seconds"),
                       field("sigma", &Output::sigma, "factor of rate and cap that follows"),
                       field("accounts", &Output::accounts, "that the means are made of"));
    }
  };
  static constexpr std::string_view summary = "What an account's machines offer, and the factor it makes";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /economics/mana/capacity: plain, for a DID whose key this node keeps for the caller, or a whole signed
// "economics.declare_capacity".
struct PostCapacity {
  static constexpr std::string_view transaction = "economics.declare_capacity";
  struct Input {
    Did did;
    Figures figures;
    static constexpr std::string_view schema_name = "CapacityRequest";
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "whose machines; the acting DID"),
                       codec::field("figures", &Input::figures, "all 0 takes the declaration back"));
    }
  };
  using Output = ledger::Written<DeclareCapacity::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Say what one's machines offer the network's jobs";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::economics::api
