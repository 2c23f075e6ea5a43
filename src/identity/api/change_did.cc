#include "identity/api/change_did.h"

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/tx/rotate_key.h"

namespace icn::identity::api {
namespace {

constexpr std::string_view kRotate = "identity.rotate";

struct Rotation {
  codec::Json body;
  std::optional<NewKey> made;  // by the node: kept before anybody can know of it
  std::string owner;           // of the made key
};

Result<Rotation> rotation_to_own_key(const Api& api, const http::Request& request, const Did& did) {
  ICN_TRY(api.custody.key_for(request.caller, did));  // only who may use the old key gets a new one
  ICN_TRY_ASSIGN(owner, api.custody.owner(did));
  ICN_ASSERT(owner.has_value());  // only a did:key, the node's own, can be used without being kept
  NewKey key = api.custody.make_key();
  identity::RotateKey::Body body;
  body.new_key = crypto::multikey_text(key.public_key);
  body.nonce.bytes = api.random.bytes(kDidNonceSize);
  body.proof = key_proof(api, did, body.nonce, key.secret);
  return Rotation{codec::to_json(body), std::move(key), std::move(*owner)};
}

Result<Rotation> rotation_of(const Api& api, const http::Request& request, const RotateKey::Input& input) {
  if (!is_did_icn(input.did.text())) {
    return Error(kCannotChange, "only a did:icn can get another key: a did:key is its key");
  }
  if (!input.new_key) return rotation_to_own_key(api, request, input.did);
  if (!input.nonce || !input.proof) {
    return Error(errors::kMalformed, "nonce and proof: are required with new_key");
  }
  identity::RotateKey::Body body;
  body.new_key = *input.new_key;
  body.nonce = *input.nonce;
  body.proof = *input.proof;
  return Rotation{codec::to_json(body), {}, {}};
}

void submit_rotation(Api& api, http::ExchangePtr exchange, const Did& did, codec::Json body,
                     std::optional<PendingKey> pending) {
  api.writer.submit_plain(std::move(exchange), {did, std::move(body)},
                          {kRotate, 200, answer_with_document(api, 200, std::move(pending))});
}

}  // namespace

void RotateKey::handle(Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body())) {
    const auto matched = check_sender_is_path(exchange->request(), source->body());
    if (!matched.ok()) return exchange->reply(matched.error());
    return api.writer.submit_signed(std::move(exchange), source->take_body(),
                                    {kRotate, 200, answer_with_document(api, 200)});
  }
  const auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  auto rotation = rotation_of(api, exchange->request(), *input);
  if (!rotation.ok()) return exchange->reply(rotation.error());
  if (!rotation->made) {
    return submit_rotation(api, std::move(exchange), input->did, std::move(rotation->body), {});
  }
  const PendingKey pending{input->did, rotation->made->public_key};
  api.custody.keep(input->did, *rotation->made, rotation->owner, exchange->executor(),
                   [&api, exchange, pending, body = std::move(rotation->body)](const Result<void>& kept) {
                     if (!kept.ok()) return exchange->reply(kept.error());
                     submit_rotation(api, exchange, pending.did, body, pending);
                   });
}

Result<ledger::PlainWrite> DeactivateDid::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.did, codec::to_json(identity::DeactivateDid::Body{input.reason})};
}

void DeactivateDid::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<DeactivateDid>(api.writer, api, std::move(exchange), answer_with_document(api, 200));
}

Result<ledger::PlainWrite> ChangeServices::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{input.did,
                            codec::to_json(identity::ChangeServices::Body{input.add, input.remove})};
}

void ChangeServices::handle(Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<ChangeServices>(api.writer, api, std::move(exchange), answer_with_document(api, 200));
}

}  // namespace icn::identity::api
