#include "reputation/api/acts.h"

#include "base/errors.h"

namespace icn::reputation::api {
namespace {

bool names(const codec::Json* named, const http::Request& request) {
  const std::string* did = http::find_parameter(request.path_parameters, "did");
  return did != nullptr && named != nullptr && named->string() != nullptr && *named->string() == *did;
}

}  // namespace

Result<ledger::PlainWrite> PostEndorsement::plain(const Api& api, const http::Call& call,
                                                  const Input& input) {
  ICN_TRY_ASSIGN(from, acting_did(call, input.from, "from"));
  dag::Texts texts = texts_of(api, call, from);
  Endorse::Body body{input.did, input.context, {}};
  if (input.reason) {
    ICN_TRY_ASSIGN(reason, texts.add(*input.reason));
    body.reason_cid = reason;
  }
  return texts.write(codec::to_json(body));
}

Result<void> PostEndorsement::matches(const http::Request& request, const codec::Json& transaction) {
  const codec::Json* body = transaction.find("body");
  if (body != nullptr && names(body->find("to"), request)) return {};
  return Error(errors::kMalformed, "body.to: must be the DID of the path");
}

void PostEndorsement::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostEndorsement>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> PostAppeal::plain(const Api& api, const http::Call& call, const Input& input) {
  dag::Texts texts = texts_of(api, call, input.did);
  ICN_TRY_ASSIGN(reason, texts.add(input.reason));
  return texts.write(codec::to_json(ContestEvent::Body{input.event_id, reason}));
}

Result<void> PostAppeal::matches(const http::Request& request, const codec::Json& transaction) {
  if (names(transaction.find("sender"), request)) return {};
  return Error(errors::kMalformed, "sender: must be the DID of the path");
}

void PostAppeal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostAppeal>(api.writer, api, std::move(exchange));
}

}  // namespace icn::reputation::api
