#include "credentials/jws.h"

#include "credentials/credential.h"

namespace icn::credentials {
namespace {

using codec::Json;

Error bad(std::string_view what) { return Error(kProofInvalid, "JWS: " + std::string(what)); }

Result<Json> object_of(std::string_view part, std::string_view what) {
  const auto bytes = base64url_decode(part);
  if (!bytes.ok()) return bad(std::string(what) + " is not base64url");
  auto json = codec::parse_json(as_text(*bytes), kCredentialLimits);
  if (!json.ok()) return bad(std::string(what) + " is no JSON: " + json.error().detail());
  if (json->object() == nullptr) return bad(std::string(what) + " must be an object");
  return json;
}

std::string text_or_empty(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found && found->string() ? *found->string() : std::string();
}

}  // namespace

Result<Jws> read_jws(std::string_view compact) {
  if (compact.size() > kJwsBytesMax) return bad("has at most " + std::to_string(kJwsBytesMax) + " bytes");
  const std::size_t first = compact.find('.');
  const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
    return bad("must have three parts");
  Jws out;
  ICN_TRY_ASSIGN(header, object_of(compact.substr(0, first), "header"));
  out.header = std::move(header);
  const std::string algorithm = text_or_empty(out.header, "alg");
  if (algorithm != "EdDSA" && algorithm != "Ed25519") {
    return Error(kUnsupportedProof,
                 "JWS: alg \"" + algorithm.substr(0, 60) + "\" is not known here; EdDSA is");
  }
  if (out.header.find("crit") || out.header.find("b64"))
    return Error(kUnsupportedProof, "JWS: critical headers are not known here");
  out.type = text_or_empty(out.header, "typ");
  out.key = KeyId(text_or_empty(out.header, "kid"));
  ICN_TRY_ASSIGN(payload, object_of(compact.substr(first + 1, second - first - 1), "payload"));
  out.payload = std::move(payload);
  const auto bytes = base64url_decode(compact.substr(second + 1));
  if (!bytes.ok()) return bad("signature is not base64url");
  const auto signature = crypto::Signature::from_bytes(*bytes);
  if (!signature.ok()) return bad("signature must have 64 bytes");
  out.signature = *signature;
  out.message = std::string(compact.substr(0, second));
  return out;
}

std::string make_jws(const Json& header, const Json& payload, const crypto::SecretKey& key) {
  std::string out = base64url_encode(as_bytes(codec::write_json(header))) + "." +
                    base64url_encode(as_bytes(codec::write_json(payload)));
  out += "." + base64url_encode(key.sign(as_bytes(out)).view());
  return out;
}

Json public_jwk(const crypto::PublicKey& key) {
  return Json::object({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url_encode(key.view())}});
}

Result<crypto::PublicKey> read_jwk(const Json& jwk) {
  if (text_or_empty(jwk, "kty") != "OKP" || text_or_empty(jwk, "crv") != "Ed25519")
    return bad("a key must be OKP of Ed25519");
  const auto bytes = base64url_decode(text_or_empty(jwk, "x"));
  if (!bytes.ok()) return bad("x of a key is not base64url");
  const auto key = crypto::PublicKey::from_bytes(*bytes);
  if (!key.ok()) return bad(key.error().detail());
  return *key;
}

}  // namespace icn::credentials
