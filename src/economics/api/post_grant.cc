#include "economics/api/post_grant.h"

namespace icn::economics::api {

Result<ledger::PlainWrite> PostGrant::plain(const Api& api, const http::Call&, const Input& input) {
  return ledger::PlainWrite{api.ledger.published()->network.operator_did,
                            codec::to_json(Grant::Body{input.to})};
}

void PostGrant::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostGrant>(api.writer, api, std::move(exchange));
}

}  // namespace icn::economics::api
