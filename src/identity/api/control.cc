#include "identity/api/control.h"

namespace icn::identity::api {

Result<ledger::PlainWrite> SetControllers::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.did, codec::to_json(identity::SetControllers::Body{input.controllers})};
}

void SetControllers::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<SetControllers>(api.writer, api, std::move(exchange), answer_with_document(api, 200));
}

Result<ledger::PlainWrite> ManageDid::plain(const Api&, const http::Call&, const Input& input) {
  identity::ManageDid::Body body;
  body.did = input.did;
  body.new_key = input.new_key;
  body.nonce = input.nonce;
  body.proof = input.proof;
  body.add = input.add;
  body.remove = input.remove;
  body.controllers = input.controllers;
  body.deactivate = input.deactivate;
  return ledger::PlainWrite{input.controller, codec::to_json(body)};
}

void ManageDid::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<ManageDid>(api.writer, api, std::move(exchange), answer_with_document(api, 200));
}

}  // namespace icn::identity::api
