#include "federation/api/init.h"

#include "base/errors.h"
#include "federation/errors.h"

namespace icn::federation::api {
namespace {

Result<FirstValidator> first_validator(const consensus::ValidatorInfo& info) {
  if (!info.proof) {
    return Error(kBadValidatorKey,
                 info.name + " has no proof; print it anew with `icn federation validator`");
  }
  return FirstValidator{
      info.name, info.organization.value_or(info.did), info.did, {info.public_key, info.peer, *info.proof}};
}

}  // namespace

Result<ledger::PlainWrite> PostInit::plain(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(existing, kFederation.get(*store, kFederationKey));
  if (existing)
    return Error(kFederationExists, "the ledger is that of federation \"" + existing->name + "\"");
  InitFederation::Body body;
  body.name = input.name;
  body.policy = input.policy;
  body.charter_cid = input.charter_cid;
  ICN_TRY_ASSIGN(own, api.own_validator(input.organization));
  ICN_TRY_ASSIGN(first, first_validator(own));
  body.validators.push_back(std::move(first));
  for (const consensus::ValidatorInfo& each : input.validators) {
    ICN_TRY_ASSIGN(validator, first_validator(each));
    body.validators.push_back(std::move(validator));
  }
  return ledger::PlainWrite{api.node_did, codec::to_json(body)};
}

void PostInit::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostInit>(api.writer, api, std::move(exchange));
}

http::Response GetFederationGenesis::handle(const Api& api, const http::Request& request) {
  auto text = api.genesis_text();
  if (!text.ok()) return http::problem(text.error(), request);
  return http::Response::json(std::move(*text), 200);
}

}  // namespace icn::federation::api
