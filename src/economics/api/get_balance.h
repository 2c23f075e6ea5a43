#pragma once

#include <optional>

#include "economics/api/context.h"
#include "http/call.h"

namespace icn::economics::api {

// GET /economics/mana/balance. Who has no account yet has 0 of everything.   I001, unsupported_did_method,
// malformed (no DID, and the credentials do not stand for one)
struct GetBalance {
  struct Input {
    std::optional<Did> did;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "whose account; default: the caller's only DID"));
    }
  };
  struct Output {
    Did did;
    Millimana balance;
    Millimana available;
    Millimana locked;
    Millimana cap;
    Millimana rate_per_hour;
    Stage stage = Stage::kUnverified;
    TimestampSecs as_of = 0;
    static constexpr std::string_view schema_name = "ManaBalance";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did),
                       field("balance", &Output::balance, "mana, what is locked included"),
                       field("available", &Output::available, "mana that can be paid or locked now"),
                       field("locked", &Output::locked, "mana locked for jobs, or pay that is still held"),
                       field("cap", &Output::cap, "regeneration stops here"),
                       field("rate_per_hour", &Output::rate_per_hour, "mana regenerated an hour"),
                       field("stage", &Output::stage), field("as_of", &Output::as_of, "Unix seconds"));
    }
  };
  static constexpr std::string_view summary = "Mana of an account, regenerated up to now";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::economics::api
