#include "mesh/signers.h"

#include "identity/key_resolver.h"
#include "ledger/errors.h"

namespace icn::mesh {

namespace {

// What is verified; `message` is kept alive by the caller.
Result<crypto::SignedMessage> resolved(const ledger::Reader& state, const Did& signer, const KeyId& key,
                                       std::string_view message, const codec::HexBytes& signature) {
  ICN_TRY_ASSIGN(public_key, identity::resolve_key(state, signer, key));
  ICN_TRY_ASSIGN(bytes, crypto::Signature::from_bytes(signature.bytes));
  return crypto::SignedMessage{public_key, as_bytes(message), bytes};
}

}  // namespace

Result<void> check_signer(const ledger::Reader& state, const Did& signer, const KeyId& key,
                          std::string_view message, const codec::HexBytes& signature) {
  ICN_TRY_ASSIGN(signed_message, resolved(state, signer, key, message, signature));
  if (crypto::verify(signed_message.key, signed_message.message, signed_message.signature)) return {};
  return Error(ledger::kBadSignature);
}

std::vector<Result<void>> check_signers(const ledger::Reader& state, std::span<const SignedText> texts) {
  std::vector<Result<void>> out(texts.size());
  std::vector<crypto::SignedMessage> messages;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const SignedText& text = texts[i];
    auto message = resolved(state, text.signer, text.key, text.message, text.signature);
    if (!message.ok()) {
      out[i] = message.error();
      continue;
    }
    messages.push_back(std::move(*message));
    places.push_back(i);
  }
  const std::vector<bool> valid = crypto::verify_batch(messages);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!valid[i]) out[places[i]] = Error(ledger::kBadSignature);
  }
  return out;
}

}  // namespace icn::mesh
