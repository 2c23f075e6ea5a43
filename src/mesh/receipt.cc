#include "mesh/receipt.h"

namespace icn::mesh {

std::string receipt_signing_bytes(const Receipt& receipt) {
  codec::Json json = codec::to_json(receipt);
  json.erase("signature");
  return std::string("icn:receipt:v1") + '\0' + codec::canonical_json(json);
}

void sign_receipt(Receipt& receipt, const crypto::SecretKey& key) {
  receipt.signature.bytes = to_bytes(key.sign(as_bytes(receipt_signing_bytes(receipt))).view());
}

// There is no checkpoint yet; the job's id alone is known to every executor.
Bytes random_seed_of(const JobId& id) { return to_bytes(as_bytes("icn:job-random:v1 " + id.text())); }

}  // namespace icn::mesh
