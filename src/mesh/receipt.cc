#include "mesh/receipt.h"

#include <algorithm>

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

std::vector<codec::Cid> links_of(const Receipt& receipt) {
  std::vector<codec::Cid> links{receipt.manifest_cid};
  for (const auto* each : {&receipt.result_cid, &receipt.logs_cid, &receipt.module_cid, &receipt.reads_cid,
                           &receipt.effects_cid}) {
    if (*each) links.push_back(**each);
  }
  links.insert(links.end(), receipt.input_cids.begin(), receipt.input_cids.end());
  std::erase_if(links, [](const codec::Cid& cid) { return cid.inline_data().has_value(); });
  std::ranges::sort(links);
  links.erase(std::unique(links.begin(), links.end()), links.end());
  return links;
}

}  // namespace icn::mesh
