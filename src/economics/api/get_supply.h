#pragma once

#include "economics/api/context.h"
#include "http/call.h"

namespace icn::economics::api {

// GET /economics/mana/supply: all accounts added up, at most 10 s ago, against what the ledger has recorded
// of all mana that came and went.
struct GetSupply {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    Millimana regenerated;
    Millimana granted;
    Millimana burned;
    Millimana trimmed;
    Millimana balances;
    Millimana locked;
    Millimana held;
    std::uint64_t accounts = 0;
    bool consistent = false;
    std::optional<std::string> detail;
    TimestampSecs as_of = 0;
    std::uint64_t height = 0;
    static constexpr std::string_view schema_name = "ManaSupply";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("regenerated", &Output::regenerated, "mana, ever"),
          field("granted", &Output::granted, "mana, ever"), field("burned", &Output::burned, "mana, ever"),
          field("trimmed", &Output::trimmed, "mana cut off above lowered caps, ever"),
          field("balances", &Output::balances, "mana of all accounts at their last entries"),
          field("locked", &Output::locked, "mana of it that is locked"),
          field("held", &Output::held, "mana of it that is pay still held"),
          field("accounts", &Output::accounts),
          field("consistent", &Output::consistent, "balances = regenerated + granted - burned - trimmed"),
          field("detail", &Output::detail, "what differs"), field("as_of", &Output::as_of, "Unix seconds"),
          field("height", &Output::height));
    }
  };
  static constexpr std::string_view summary = "All mana, and whether it adds up";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::economics::api
