#include "credentials/api/disclose.h"

#include "credentials/jws.h"
#include "credentials/lookup.h"

namespace icn::credentials::api {

using codec::Json;

namespace {

// An SD-JWT is bound to the key its holder had when it was issued, whatever key the DID has now.
Result<crypto::SecretKey> bound_key(const Api& api, const http::Caller& caller, const Did& holder,
                                    const SecuredCredential& secured) {
  if (!secured.holder_key) return Error(kNotHolder, "the issuer bound it to no key");
  ICN_TRY_ASSIGN(wanted, read_jwk(*secured.holder_key));
  ICN_TRY_ASSIGN(keys, api.custody.all_keys_for(caller, holder));
  for (crypto::SecretKey& each : keys) {
    if (each.public_key() == wanted) return std::move(each);
  }
  return Error(kNotHolder, "it is bound to a key this node does not keep");
}

}  // namespace

Result<DiscloseCredential::Output> DiscloseCredential::handle(const Api& api, const http::Call& call,
                                                              const Input& input) {
  ICN_TRY_ASSIGN(secured, read_secured_credential(input.credential));
  const Did holder(secured.credential.holder);
  if (holder.empty()) return Error(kNotHolder, "the credential names no holder");
  ICN_TRY_ASSIGN(key, api.writer.custody().key_for(call.caller(), holder));
  const TimestampSecs now = api.clock.now_secs();
  if (secured.format == Format::kSdJwt) {
    if (input.credential.string() == nullptr)
      return Error(kBadCredential, "credential: an SD-JWT is given as a text");
    ICN_TRY_ASSIGN(selected, select_disclosures(*input.credential.string(), input.fields_shown));
    ICN_TRY_ASSIGN(bound, bound_key(api, call.caller(), holder, secured));
    return Output{Json(bind_key(std::move(selected), input.verifier, input.challenge, now, key.id, bound))};
  }
  if (!input.fields_shown.empty())
    return Error(kNotDisclosable, "fields: only a credential of format dc+sd-jwt can be shown in parts");
  const Presenting presenting{holder.text(), key.id, key.secret, now, input.challenge, input.verifier};
  return Output{make_presentation({input.credential}, presenting)};
}

void PostDisclosure::handle(const Api& api, http::ExchangePtr exchange) {
  const ledger::WriteOptions options{transaction, success_status, {}};
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body()))
    return api.writer.submit_signed(std::move(exchange), source->take_body(), options);
  const auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  if (input->credential_cid.empty())
    return exchange->reply(Error(errors::kMalformed, "credential_cid: is empty: it names the credential"));
  const auto state = api.ledger.snapshot();
  if (!state.ok()) return exchange->reply(state.error());
  const http::Caller caller = http::Call(*exchange).caller();
  const ledger::Custody& custody = api.writer.custody();
  const auto record =
      load_credential(**state, input->credential_cid, input->issuer,
                      [&](const CredentialRecord& each) { return custody.may_act_as(caller, each.holder); });
  if (!record.ok()) return exchange->reply(record.error());
  const Did holder = record->holder;
  if (auto key = custody.key_for(caller, holder); !key.ok()) return exchange->reply(key.error());
  Json::Array names;
  for (const std::string& each : input->disclosed_fields) names.emplace_back(each);
  const Json shown = Json::object({{"credential", input->credential_cid.to_string()},
                                   {"fields", std::move(names)},
                                   {"verifier", input->verifier.text()}});
  KeptBlock block{dag::salted_text(api.random, codec::canonical_json(shown)), codec::kDagCbor, holder,
                  input->verifier, false};
  keep_block(api, exchange, std::move(block),
             [&api, exchange, options, holder, input = *input](const codec::Cid& cid) {
               const AnchorDisclosure::Body body{input.credential_cid, cid, input.verifier, input.issuer};
               api.writer.submit_plain(exchange, {holder, codec::to_json(body)}, options);
             });
}

}  // namespace icn::credentials::api
