#include "economics/api/post_grant.h"

namespace icn::economics::api {

// Of those the caller acts as, the one that vouches for people; without any, the network's operator.
Result<ledger::PlainWrite> PostGrant::plain(const Api& api, const http::Call& call, const Input& input) {
  codec::Json body = codec::to_json(Grant::Body{input.to});
  ICN_TRY_ASSIGN(store, api.ledger.store());
  const auto& dids = call.caller().dids;
  for (const Did& did : dids ? *dids : std::vector<Did>()) {
    ICN_TRY_ASSIGN(organization, api.ledger.rules().economy.vouches_for(*store, did));
    if (organization) return ledger::PlainWrite{did, std::move(body)};
  }
  return ledger::PlainWrite{api.ledger.published()->network.operator_did, std::move(body)};
}

void PostGrant::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostGrant>(api.writer, api, std::move(exchange));
}

}  // namespace icn::economics::api
