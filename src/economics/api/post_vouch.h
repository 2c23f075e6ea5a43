#pragma once

#include "economics/api/context.h"
#include "economics/tx/vouch.h"

namespace icn::economics::api {

// POST /economics/mana/vouches: plain, for a DID whose key this node keeps for the caller, or a whole signed
// "economics.vouch".
struct PostVouch {
  static constexpr std::string_view transaction = "economics.vouch";
  struct Input {
    Did from;
    Did to;
    static constexpr std::string_view schema_name = "VouchRequest";
    static constexpr auto fields() {
      return described(codec::field("from", &Input::from, "who vouches; the acting DID"),
                       codec::field("to", &Input::to, "DID of the person"));
    }
  };
  using Output = ledger::Written<VouchFor::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Answer with a deposit for somebody new, who becomes verified";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::economics::api
