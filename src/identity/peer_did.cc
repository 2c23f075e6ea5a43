#include "identity/peer_did.h"

#include "crypto/key_text.h"
#include "identity/document.h"

namespace icn::identity {
namespace {

constexpr std::string_view kPrefix = "did:peer:0";

}  // namespace

std::optional<crypto::PublicKey> read_peer_did(std::string_view did) {
  if (!did.starts_with(kPrefix)) return std::nullopt;
  const auto key = crypto::read_multikey(did.substr(kPrefix.size()));
  return key.ok() ? std::optional(*key) : std::nullopt;
}

codec::Json peer_did_document_json(const Did& did, const crypto::PublicKey& key) {
  std::string text = codec::write_json(did_key_document_json(did, key));
  for (std::size_t place = text.find("#z"); place != std::string::npos; place = text.find("#z", place))
    text.erase(place + 1, 1);
  return codec::parse_json(text).value();
}

}  // namespace icn::identity
