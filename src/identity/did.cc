#include "identity/did.h"

#include "codec/fields.h"
#include "codec/multibase.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"
#include "identity/errors.h"

namespace icn::identity {
namespace {

constexpr std::string_view kDidKeyPrefix = "did:key:";
constexpr std::string_view kDidIcnPrefix = "did:icn:";
constexpr std::size_t kIdSize = 16;
constexpr std::size_t kIdTextSizeMax = 22;  // digits of 16 bytes in base58

Error invalid(std::string_view what) { return Error(kInvalidDid, std::string(what)); }

Result<ParsedDid> parse_icn(std::string_view rest) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return invalid("a did:icn is did:icn:<type>:<id>");
  ParsedDid out;
  out.method = DidMethod::kIcn;
  bool is_known = false;
  std::string allowed;
  for (const auto& [type, name] : enum_names(IdentityType{})) {
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    if (rest.substr(0, colon) != name) continue;
    out.type = type;
    is_known = true;
  }
  if (!is_known) return invalid("the type of a did:icn is one of: " + allowed);
  const std::string_view id = rest.substr(colon + 1);
  if (id.empty() || id.size() > kIdTextSizeMax)
    return invalid("the id of a did:icn is base58btc of 16 bytes");
  const auto decoded = codec::multibase_decode("z" + std::string(id));
  if (!decoded.ok() || decoded->bytes.size() != kIdSize) {
    return invalid("the id of a did:icn is base58btc of 16 bytes");
  }
  return out;
}

std::string method_of(std::string_view text) {
  const std::size_t end = text.find(':', 4);
  return std::string(text.substr(0, std::min<std::size_t>(end, 40)));
}

}  // namespace

bool is_did_key(std::string_view text) { return text.starts_with(kDidKeyPrefix); }
bool is_did_icn(std::string_view text) { return text.starts_with(kDidIcnPrefix); }

Result<ParsedDid> parse_did(std::string_view text) {
  if (is_did_key(text)) {
    auto key = crypto::read_multikey(text.substr(kDidKeyPrefix.size()));
    if (!key.ok()) return invalid("did:key: " + key.error().detail());
    ParsedDid out;
    out.key = *key;
    return out;
  }
  if (is_did_icn(text)) return parse_icn(text.substr(kDidIcnPrefix.size()));
  if (!text.starts_with("did:") || text.find(':', 4) == std::string_view::npos) {
    return invalid("a DID begins with did:key: or did:icn:");
  }
  return Error(kUnsupportedMethod,
               method_of(text) + " is not resolved by this node; it resolves did:key and did:icn");
}

Did make_did_icn(IdentityType type, const crypto::PublicKey& key, ByteView nonce) {
  const crypto::Hash hash = crypto::sha256(key.view(), nonce);
  const std::string id = codec::multibase_encode(codec::Base::kBase58Btc, ByteView(hash).first(kIdSize));
  return Did(std::string(kDidIcnPrefix) + std::string(codec::enum_name(type)) + ":" + id.substr(1));
}

KeyId icn_key_id(const Did& did, std::uint32_t number) {
  return KeyId(did.text() + "#key-" + std::to_string(number));
}

Did did_of(const KeyId& key) { return Did(key.text().substr(0, key.text().find('#'))); }

}  // namespace icn::identity
