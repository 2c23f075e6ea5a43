#include "identity/key_proof.h"

#include "codec/json.h"
#include "crypto/key_text.h"
#include "identity/errors.h"

namespace icn::identity {
namespace {

constexpr std::string_view kDomain{"icn:key-proof:v1\0", 17};

}  // namespace

Bytes key_proof_bytes(std::string_view network, const Did& did, ByteView nonce,
                      const crypto::PublicKey& key) {
  const codec::Json what = codec::Json::object({{"did", did.text()},
                                                {"network", network},
                                                {"nonce", hex_encode(nonce)},
                                                {"public_key", crypto::multikey_text(key)}});
  Bytes out = to_bytes(as_bytes(kDomain));
  append(out, codec::canonical_json(what));
  return out;
}

Result<void> check_key_proof(std::string_view network, const Did& did, ByteView nonce,
                             const crypto::PublicKey& key, ByteView proof) {
  const auto signature = crypto::Signature::from_bytes(proof);
  if (!signature.ok() || !crypto::verify(key, key_proof_bytes(network, did, nonce, key), *signature)) {
    return Error(kProofInvalid,
                 "proof must be the signature of the new key over \"icn:key-proof:v1\" 0x00 and "
                 "{did, network, nonce, public_key} with did = " +
                     did.text() + ", network = " + std::string(network));
  }
  if (const auto agreement = crypto::derive_x25519(key); !agreement.ok()) {
    return Error(kProofInvalid, agreement.error().detail());
  }
  return {};
}

}  // namespace icn::identity
