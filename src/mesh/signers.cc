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

}  // namespace icn::mesh
