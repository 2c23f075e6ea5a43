#include "credentials/secured.h"

#include <algorithm>

#include "codec/date_time.h"
#include "credentials/jws.h"

namespace icn::credentials {
namespace {

using codec::Json;

constexpr std::string_view kCredentialJwt = "vc+jwt";
constexpr std::string_view kPresentationJwt = "vp+jwt";
constexpr std::string_view kDataUrl = "data:application/";
// SD-JWT VC: these are never left to the holder to disclose.
constexpr std::array<std::string_view, 7> kFixedClaims{"iss", "nbf",    "exp",          "cnf",
                                                       "vct", "status", "vct#integrity"};
// These may be; they are no claims of the subject.
constexpr std::array<std::string_view, 2> kTokenClaims{"iat", "sub"};
constexpr std::array<std::string_view, 5> kOtherClaims{"id", "credentialStatus", "credentialSchema",
                                                       "icnMetadata", "jti"};

Error bad_credential(std::string_view what) { return Error(kBadCredential, std::string(what)); }
Error bad_presentation(std::string_view what) { return Error(kBadPresentation, std::string(what)); }

Seal seal_of(Proof proof) {
  return {proof.method,
          std::move(proof.purpose),
          proof.created,
          proof.expires,
          proof.challenge,
          std::move(proof.domains),
          std::move(proof.message),
          proof.signature};
}

const std::string* text_member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found ? found->string() : nullptr;
}

Result<std::optional<TimestampSecs>> seconds_of(const Json& payload, std::string_view name) {
  const Json* found = payload.find(name);
  if (found == nullptr) return std::optional<TimestampSecs>();
  const auto value =
      found->number() ? codec::read_uint64(*found->number()) : Result<std::uint64_t>(Error(kProofInvalid));
  if (!value.ok() || *value > 253'402'300'799)
    return Error(kProofInvalid, "JWT: " + std::string(name) + " must be whole seconds");
  return std::optional<TimestampSecs>(*value);
}

// A "kid" that is a fragment alone is one of `signer`, as a URL that is relative to it.
Result<Seal> seal_of(const Jws& jws, std::string purpose, const std::string& signer) {
  Seal out;
  out.method = jws.key.text().starts_with('#') ? KeyId(signer + jws.key.text()) : jws.key;
  out.purpose = std::move(purpose);
  out.message = to_bytes(as_bytes(jws.message));
  out.signature = jws.signature;
  ICN_TRY_ASSIGN(created, seconds_of(jws.payload, "iat"));
  ICN_TRY_ASSIGN(expires, seconds_of(jws.payload, "exp"));
  out.created = created;
  out.expires = expires;
  if (const std::string* nonce = text_member(jws.payload, "nonce")) out.challenge = *nonce;
  auto audiences = text_list(jws.payload, "aud");
  if (!audiences.ok()) return Error(kProofInvalid, "JWT: " + audiences.error().detail());
  out.domains = std::move(*audiences);
  return out;
}

template <typename Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// RFC 8785 signs doubles: digits beyond what one can hold would be shown, but were not signed.
void round_numbers(Json& value) {
  if (value.number()) value = Json(Json::Number{codec::canonical_json(value)});
  if (value.array()) {
    for (Json& each : *value.array()) round_numbers(each);
  } else if (value.object()) {
    for (auto& member : *value.object()) round_numbers(member.second);
  }
}

Result<SecuredCredential> read_document(const Json& document) {
  SecuredCredential out;
  out.document = document;
  out.document.erase("proof");
  round_numbers(out.document);
  ICN_TRY_ASSIGN(credential, read_credential(out.document));
  out.credential = std::move(credential);
  ICN_TRY_ASSIGN(proof, read_proof(document));
  out.seal = seal_of(std::move(proof));
  out.cid = credential_cid(document);
  return out;
}

Result<SecuredCredential> read_jwt(const std::string& text) {
  ICN_TRY_ASSIGN(jws, read_jws(text));
  if (jws.type != kCredentialJwt) {
    return Error(kUnsupportedProof,
                 "JWT: typ \"" + jws.type.substr(0, 60) + "\" is not known here; vc+jwt and dc+sd-jwt are");
  }
  if (jws.payload.find("vc"))
    return Error(kUnsupportedProof,
                 "JWT: the claim \"vc\" of VC-JWT 1.1 is not known here; the payload is the credential");
  SecuredCredential out;
  out.format = Format::kJwt;
  ICN_TRY_ASSIGN(credential, read_credential(jws.payload));
  out.credential = std::move(credential);
  const std::string* issuer = text_member(jws.payload, "iss");
  if (issuer && *issuer != out.credential.issuer) return bad_credential("iss: is not the issuer");
  const std::string* holder = text_member(jws.payload, "sub");
  if (holder && *holder != out.credential.holder) return bad_credential("sub: is not the subject");
  const std::string* id = text_member(jws.payload, "jti");
  if (id && *id != out.credential.id) return bad_credential("jti: is not the id");
  ICN_TRY_ASSIGN(seal, seal_of(jws, "assertionMethod", out.credential.issuer));
  out.seal = std::move(seal);
  ICN_TRY_ASSIGN(begins, seconds_of(jws.payload, "nbf"));
  if (begins) out.credential.valid_from = std::max(out.credential.valid_from.value_or(0), *begins);
  out.cid = credential_cid(Json(text));
  out.document = std::move(jws.payload);
  return out;
}

// The claims of an SD-JWT VC in the shape of all others.
Result<Credential> credential_of(const SdJwt& token, Json& document) {
  const Json& payload = token.issuer.payload;
  document = Json::object({{"@context", Json::array({kContextV2})}});
  const std::string* issuer = text_member(payload, "iss");
  const std::string* type = text_member(payload, "vct");
  if (issuer == nullptr) return bad_credential("iss: must be a text");
  if (type == nullptr || type->empty()) return bad_credential("vct: must be a text");
  document.set("type", Json::array({"VerifiableCredential", *type}));
  document.set("issuer", *issuer);
  Json subject(Json::Object{});
  if (const std::string* holder = text_member(token.claims, "sub")) subject.set("id", *holder);
  for (const auto& [name, value] : *token.claims.object()) {
    const bool is_other = is_one_of(kOtherClaims, name);
    if (is_other) document.set(name, value);
    if (!is_other && !is_one_of(kFixedClaims, name) && !is_one_of(kTokenClaims, name))
      subject.set(name, value);
  }
  document.erase("jti");
  document.set("credentialSubject", std::move(subject));
  ICN_TRY_ASSIGN(out, read_credential(document));
  ICN_TRY_ASSIGN(begins, seconds_of(payload, "nbf"));
  ICN_TRY_ASSIGN(ends, seconds_of(payload, "exp"));
  ICN_TRY_ASSIGN(issued, seconds_of(token.claims, "iat"));
  out.valid_from = begins ? begins : issued;
  out.valid_until = ends;
  return std::move(out);
}

Result<SecuredCredential> read_sd_jwt_credential(const std::string& text) {
  ICN_TRY_ASSIGN(token, read_sd_jwt(text));
  if (token.issuer.type != kSdJwtType && token.issuer.type != kSdJwtTypeBefore) {
    return Error(kUnsupportedProof,
                 "SD-JWT: typ \"" + token.issuer.type.substr(0, 60) + "\" is not known here; dc+sd-jwt is");
  }
  for (const std::string& name : token.disclosed) {
    const bool is_fixed = is_one_of(kFixedClaims, name) || is_one_of(kOtherClaims, name);
    if (is_fixed) return Error(kProofInvalid, "SD-JWT: \"" + name + "\" may not be left to disclosure");
  }
  SecuredCredential out;
  out.format = Format::kSdJwt;
  ICN_TRY_ASSIGN(credential, credential_of(token, out.document));
  out.credential = std::move(credential);
  ICN_TRY_ASSIGN(seal, seal_of(token.issuer, "assertionMethod", out.credential.issuer));
  out.seal = std::move(seal);
  out.cid = codec::Cid::of(codec::kRaw, as_bytes(token.issuer_jwt));
  out.disclosed = token.disclosed;
  if (const Json* status = token.issuer.payload.find("status")) {
    const bool has_name = status->object() && !status->object()->empty();
    out.unknown_status = "status." + (has_name ? status->object()->front().first.substr(0, 60) : "?");
  }
  out.is_bound_here = token.is_bound_here;
  if (const Json* confirmation = token.issuer.payload.find("cnf")) {
    if (const Json* key = confirmation->find("jwk")) out.holder_key = *key;
  }
  if (token.key_binding) {
    ICN_TRY_ASSIGN(binding, seal_of(*token.key_binding, "authentication", out.credential.holder));
    out.key_binding = std::move(binding);
  }
  return out;
}

// "data:application/vc+jwt,<text>" -> the text.
Result<Json> opened_envelope(const Json& value, std::string_view wanted_type) {
  const std::string* id = text_member(value, "id");
  if (id == nullptr || !id->starts_with(kDataUrl))
    return bad_credential("an envelope's id must be a data: URL");
  const std::size_t comma = id->find(',');
  const std::string_view type = std::string_view(*id).substr(kDataUrl.size(), comma - kDataUrl.size());
  const bool is_known = type == wanted_type || (wanted_type == kCredentialJwt && type == kSdJwtType);
  if (comma == std::string::npos || !is_known)
    return Error(kUnsupportedProof, "an envelope of this media type is not known here");
  return Json(id->substr(comma + 1));
}

bool has_type(const Json& value, std::string_view type) {
  const auto types = text_list(value, "type");
  return value.object() && types.ok() && std::ranges::find(*types, type) != types->end();
}

Result<void> read_presented(const Json& presentation, SecuredPresentation& out) {
  if (!has_type(presentation, "VerifiablePresentation"))
    return bad_presentation("type: must hold \"VerifiablePresentation\"");
  if (const Json* holder = presentation.find("holder")) {
    const Json* id = holder->object() ? holder->find("id") : holder;
    if (id == nullptr || id->string() == nullptr) return bad_presentation("holder: must be a URI");
    out.holder = *id->string();
  }
  const Json* credentials = presentation.find("verifiableCredential");
  if (credentials == nullptr) return bad_presentation("verifiableCredential: is missing");
  out.credentials = credentials->array() ? *credentials->array() : Json::Array{*credentials};
  if (out.credentials.empty() || out.credentials.size() > kPresentedMax)
    return bad_presentation("verifiableCredential: must hold 1 to 20 credentials");
  return {};
}

Json jwt_header(const Issuing& issuing, std::string_view type) {
  return Json::object({{"alg", "EdDSA"}, {"typ", type}, {"kid", issuing.method.text()}});
}

Result<Json> secure_sd_jwt(const Json& document, const Credential& credential, const Issuing& issuing,
                           Random& random) {
  Json payload = Json::object({{"iss", credential.issuer}, {"iat", issuing.now}});
  if (!credential.holder.empty()) payload.set("sub", credential.holder);
  if (credential.valid_from) payload.set("nbf", *credential.valid_from);
  if (credential.valid_until) payload.set("exp", *credential.valid_until);
  payload.set("vct", credential.types.empty() ? "VerifiableCredential" : credential.types.front());
  if (issuing.holder_key) payload.set("cnf", Json::object({{"jwk", public_jwk(*issuing.holder_key)}}));
  for (const std::string_view name : kOtherClaims) {
    if (const Json* found = document.find(name)) payload.set(name, *found);
  }
  NamedClaims hidden;
  for (const auto& [name, value] : *credential.claims.object()) {
    const bool is_taken = is_one_of(kFixedClaims, name) || is_one_of(kOtherClaims, name) ||
                          is_one_of(kTokenClaims, name) || name.starts_with("_sd") || name == "...";
    if (is_taken) return bad_credential("credentialSubject: an SD-JWT cannot have a claim \"" + name + "\"");
    if (std::ranges::find(issuing.disclosable, name) != issuing.disclosable.end())
      hidden.emplace_back(name, value);
    else
      payload.set(name, value);
  }
  return Json(issue_sd_jwt(jwt_header(issuing, kSdJwtType), std::move(payload), hidden, issuing.key, random));
}

}  // namespace

std::string credential_bytes(const Json& secured) {
  if (secured.string() == nullptr) return codec::canonical_json(secured);
  return secured.string()->substr(0, secured.string()->find('~'));
}

codec::Cid credential_cid(const Json& secured) {
  return codec::Cid::of(codec::kRaw, as_bytes(credential_bytes(secured)));
}

Result<SecuredCredential> read_secured_credential(const Json& value) {
  if (has_type(value, "EnvelopedVerifiableCredential")) {
    ICN_TRY_ASSIGN(opened, opened_envelope(value, kCredentialJwt));
    return read_secured_credential(opened);
  }
  if (value.object()) return read_document(value);
  if (value.string() == nullptr) return bad_credential("must be an object with a proof, or a text");
  if (value.string()->find('~') != std::string::npos) return read_sd_jwt_credential(*value.string());
  return read_jwt(*value.string());
}

bool is_presentation(const Json& value) {
  if (value.object())
    return has_type(value, "VerifiablePresentation") || has_type(value, "EnvelopedVerifiablePresentation");
  if (value.string() == nullptr || value.string()->find('~') != std::string::npos) return false;
  const auto jws = read_jws(*value.string());
  return jws.ok() && jws->type == kPresentationJwt;
}

Result<SecuredPresentation> read_secured_presentation(const Json& value) {
  if (has_type(value, "EnvelopedVerifiablePresentation")) {
    ICN_TRY_ASSIGN(opened, opened_envelope(value, kPresentationJwt));
    return read_secured_presentation(opened);
  }
  SecuredPresentation out;
  if (value.object()) {
    ICN_TRY(read_presented(value, out));
    ICN_TRY_ASSIGN(proof, read_proof(value));
    out.seal = seal_of(std::move(proof));
    return out;
  }
  if (value.string() == nullptr) return bad_presentation("must be an object with a proof, or a JWT");
  ICN_TRY_ASSIGN(jws, read_jws(*value.string()));
  if (jws.type != kPresentationJwt)
    return Error(kUnsupportedProof, "JWT: typ of a presentation must be vp+jwt");
  ICN_TRY(read_presented(jws.payload, out));
  ICN_TRY_ASSIGN(seal, seal_of(jws, "authentication", out.holder));
  out.seal = std::move(seal);
  return out;
}

Result<Json> secure_credential(Json document, const Issuing& issuing, Random& random) {
  ICN_TRY_ASSIGN(credential, read_credential(document));
  for (const std::string& name : issuing.disclosable) {
    if (issuing.format != Format::kSdJwt)
      return Error(kNotDisclosable,
                   "only a credential of format dc+sd-jwt has claims that are disclosed by themselves");
    if (credential.claims.find(name) == nullptr)
      return Error(kNotDisclosable, "there is no claim \"" + name.substr(0, 60) + "\"");
  }
  if (issuing.format == Format::kSdJwt) return secure_sd_jwt(document, credential, issuing, random);
  if (issuing.format == Format::kJwt) {
    Json header = jwt_header(issuing, kCredentialJwt);
    header.set("cty", "vc");
    return Json(make_jws(header, document, issuing.key));
  }
  round_numbers(document);  // what is handed out is what is signed
  return add_proof(std::move(document), {issuing.method, "assertionMethod", issuing.now, {}, {}},
                   issuing.key);
}

Json make_presentation(const std::vector<Json>& credentials, const Presenting& presenting) {
  Json::Array held;
  for (const Json& each : credentials) {
    if (each.string() == nullptr) {
      held.push_back(each);
      continue;
    }
    const bool is_sd_jwt = each.string()->find('~') != std::string::npos;
    const std::string id =
        std::string(kDataUrl) + std::string(is_sd_jwt ? kSdJwtType : kCredentialJwt) + "," + *each.string();
    held.push_back(
        Json::object({{"@context", kContextV2}, {"id", id}, {"type", "EnvelopedVerifiableCredential"}}));
  }
  Json out = Json::object({{"@context", Json::array({kContextV2})},
                           {"type", Json::array({"VerifiablePresentation"})},
                           {"holder", presenting.holder},
                           {"verifiableCredential", std::move(held)}});
  return add_proof(
      std::move(out),
      {presenting.method, "authentication", presenting.now, presenting.challenge, presenting.domain},
      presenting.key);
}

}  // namespace icn::credentials
