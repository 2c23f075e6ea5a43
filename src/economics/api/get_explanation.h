#pragma once

#include <optional>

#include "economics/api/context.h"
#include "economics/explain.h"
#include "http/call.h"

namespace icn::economics::api {

// GET /economics/mana/explain.   I001, unsupported_did_method, malformed as of GetBalance
struct GetExplanation {
  struct Input {
    std::optional<Did> did;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "whose account; default: the caller's only DID"));
    }
  };
  using Output = Explanation;
  static constexpr std::string_view summary = "Why an account regenerates and holds what it does";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::economics::api
