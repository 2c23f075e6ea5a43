#include "mesh/signers.h"

#include "identity/key_resolver.h"
#include "ledger/errors.h"

namespace icn::mesh {

Result<void> check_signer(const ledger::Reader& state, const Did& signer, const KeyId& key,
                          std::string_view message, const codec::HexBytes& signature) {
  ICN_TRY_ASSIGN(public_key, identity::resolve_key(state, signer, key));
  ICN_TRY_ASSIGN(bytes, crypto::Signature::from_bytes(signature.bytes));
  if (!crypto::verify(public_key, as_bytes(message), bytes)) return Error(ledger::kBadSignature);
  return {};
}

std::vector<Result<void>> check_signers(const ledger::Reader& state, std::span<const SignedText> texts) {
  std::vector<Result<void>> out(texts.size());
  std::vector<crypto::SignedMessage> messages;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto key = identity::resolve_key(state, texts[i].signer, texts[i].key);
    const auto signature = crypto::Signature::from_bytes(texts[i].signature.bytes);
    if (!key.ok() || !signature.ok()) {
      out[i] = key.ok() ? signature.error() : key.error();
      continue;
    }
    messages.push_back({*key, as_bytes(texts[i].message), *signature});
    places.push_back(i);
  }
  const std::vector<bool> valid = crypto::verify_batch(messages);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!valid[i]) out[places[i]] = Error(ledger::kBadSignature);
  }
  return out;
}

}  // namespace icn::mesh
