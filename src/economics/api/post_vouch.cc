#include "economics/api/post_vouch.h"

namespace icn::economics::api {

Result<ledger::PlainWrite> PostVouch::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.from, codec::to_json(VouchFor::Body{input.to})};
}

void PostVouch::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostVouch>(api.writer, api, std::move(exchange));
}

}  // namespace icn::economics::api
