#include "credentials/data_integrity.h"

#include "codec/date_time.h"
#include "codec/multibase.h"
#include "credentials/credential.h"
#include "crypto/hash.h"

namespace icn::credentials {
namespace {

using codec::Json;

Error bad(std::string_view what) { return Error(kProofInvalid, "proof" + std::string(what)); }

Bytes signed_message(const Json& configuration, const Json& document) {
  Bytes out = to_bytes(crypto::sha256(as_bytes(codec::canonical_json(configuration))));
  append(out, crypto::sha256(as_bytes(codec::canonical_json(document))));
  return out;
}

Result<std::string> text_of(const Json& proof, std::string_view name) {
  const Json* found = proof.find(name);
  if (found == nullptr || found->string() == nullptr)
    return bad("." + std::string(name) + ": must be a text");
  return *found->string();
}

Result<std::optional<TimestampSecs>> time_of(const Json& proof, std::string_view name) {
  if (proof.find(name) == nullptr) return std::optional<TimestampSecs>();
  ICN_TRY_ASSIGN(text, text_of(proof, name));
  const auto time = codec::read_date_time(text);
  if (!time.ok()) return bad("." + std::string(name) + ": " + time.error().detail());
  return std::optional<TimestampSecs>(*time);
}

Result<const Json*> one_proof(const Json& document) {
  const Json* proof = document.find("proof");
  if (proof && proof->array()) {
    if (proof->array()->size() != 1) return bad(": must be one, not a set or chain");
    proof = &proof->array()->front();
  }
  if (proof == nullptr || proof->object() == nullptr) return bad(": is missing or no object");
  return proof;
}

Result<void> check_kind(const Json& proof) {
  ICN_TRY_ASSIGN(type, text_of(proof, "type"));
  if (type != "DataIntegrityProof") {
    return Error(kUnsupportedProof,
                 "proof.type \"" + type.substr(0, 60) + "\" is not known here; DataIntegrityProof is");
  }
  if (proof.find("previousProof"))
    return Error(kUnsupportedProof, "proof.previousProof: chains of proofs are not known here");
  ICN_TRY_ASSIGN(suite, text_of(proof, "cryptosuite"));
  if (suite == kCryptosuite) return {};
  return Error(kUnsupportedProof,
               "proof.cryptosuite \"" + suite.substr(0, 60) + "\" is not known here; eddsa-jcs-2022 is");
}

// EdDSA Cryptosuites 3.3.2, step 4: the proof's context must be the beginning of the document's, and is then
// what was signed.
Result<void> take_context(const Json& proof, Json& document) {
  const Json* wanted = proof.find("@context");
  if (wanted == nullptr) return {};
  const Json* held = document.find("@context");
  if (held == nullptr) return bad(".@context: the document has none");
  const auto items = [](const Json& json) { return json.array() ? *json.array() : Json::Array{json}; };
  const Json::Array prefix = items(*wanted);
  const Json::Array whole = items(*held);
  bool fits = prefix.size() <= whole.size();
  for (std::size_t i = 0; fits && i < prefix.size(); ++i) {
    fits = codec::canonical_json(prefix[i]) == codec::canonical_json(whole[i]);
  }
  if (!fits) return bad(".@context: is not the beginning of the document's");
  document.set("@context", *wanted);
  return {};
}

Result<crypto::Signature> read_signature(const Json& proof) {
  ICN_TRY_ASSIGN(text, text_of(proof, "proofValue"));
  if (!text.starts_with('z') || text.size() > 120) return bad(".proofValue: must be multibase base58btc");
  const auto decoded = codec::multibase_decode(text);
  if (!decoded.ok()) return bad(".proofValue: " + decoded.error().detail());
  const auto signature = crypto::Signature::from_bytes(decoded->bytes);
  if (!signature.ok()) return bad(".proofValue: must be a signature of 64 bytes");
  return *signature;
}

}  // namespace

Json add_proof(Json document, const ProofOptions& options, const crypto::SecretKey& key) {
  document.erase("proof");
  Json proof = Json::object({{"type", "DataIntegrityProof"},
                             {"cryptosuite", kCryptosuite},
                             {"created", codec::write_date_time(options.created)},
                             {"verificationMethod", options.method.text()},
                             {"proofPurpose", options.purpose}});
  if (options.challenge) proof.set("challenge", *options.challenge);
  if (options.domain) proof.set("domain", *options.domain);
  if (const Json* context = document.find("@context")) proof.set("@context", *context);
  const crypto::Signature signature = key.sign(signed_message(proof, document));
  proof.set("proofValue", codec::multibase_encode(codec::Base::kBase58Btc, signature.view()));
  document.set("proof", std::move(proof));
  return document;
}

Result<Proof> read_proof(const Json& document) {
  ICN_TRY_ASSIGN(found, one_proof(document));
  Json configuration = *found;
  ICN_TRY(check_kind(configuration));
  Proof out;
  ICN_TRY_ASSIGN(method, text_of(configuration, "verificationMethod"));
  ICN_TRY_ASSIGN(purpose, text_of(configuration, "proofPurpose"));
  out.method = KeyId(std::move(method));
  out.purpose = std::move(purpose);
  ICN_TRY_ASSIGN(created, time_of(configuration, "created"));
  ICN_TRY_ASSIGN(expires, time_of(configuration, "expires"));
  out.created = created;
  out.expires = expires;
  if (configuration.find("challenge")) {
    ICN_TRY_ASSIGN(challenge, text_of(configuration, "challenge"));
    out.challenge = std::move(challenge);
  }
  auto domains = text_list(configuration, "domain");
  if (!domains.ok()) return bad("." + domains.error().detail());
  out.domains = std::move(*domains);
  ICN_TRY_ASSIGN(signature, read_signature(configuration));
  out.signature = signature;
  configuration.erase("proofValue");
  Json unsecured = document;
  unsecured.erase("proof");
  ICN_TRY(take_context(configuration, unsecured));
  out.message = signed_message(configuration, unsecured);
  return out;
}

}  // namespace icn::credentials
