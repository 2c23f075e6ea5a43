#pragma once

#include "economics/api/context.h"
#include "economics/tx/grant.h"

namespace icn::economics::api {

// POST /economics/mana/grants: the operator vouches for a person. Plain: signed with the key of the
// network's operator, when this node keeps it. Errors: those of "economics.grant" and of the writer.
struct PostGrant {
  static constexpr std::string_view transaction = "economics.grant";
  struct Input {
    Did to;
    static constexpr auto fields() { return described(codec::field("to", &Input::to, "DID of the person")); }
  };
  using Output = ledger::Written<Grant::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Verify an account and pay its start grant";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::economics::api
