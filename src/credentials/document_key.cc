#include "credentials/document_key.h"

#include "codec/date_time.h"
#include "credentials/jws.h"
#include "crypto/key_text.h"

namespace icn::credentials {
namespace {

using codec::Json;

// A fragment alone is relative to the document.
bool names(const Json& reference, const std::string& document_id, const KeyId& method) {
  const Json* id = reference.object() ? reference.find("id") : &reference;
  if (id == nullptr || id->string() == nullptr) return false;
  return *id->string() == method.text() ||
         (id->string()->starts_with('#') && document_id + *id->string() == method.text());
}

const Json* find_in(const Json& document, std::string_view member, const std::string& id,
                    const KeyId& method) {
  const Json* list = document.find(member);
  if (list == nullptr || list->array() == nullptr) return nullptr;
  for (const Json& each : *list->array()) {
    if (names(each, id, method)) return &each;
  }
  return nullptr;
}

// What ends at a time nobody can read has ended.
bool has_ended(const Json& method, std::string_view member, TimestampSecs at) {
  const Json* found = method.find(member);
  if (found == nullptr) return false;
  const auto time =
      found->string() ? codec::read_date_time(*found->string()) : Result<TimestampSecs>(Error(kProofInvalid));
  return !time.ok() || *time <= at;
}

Result<void> check_in_force(const Json& method, const std::string& document_id, const KeyId& name,
                            TimestampSecs at) {
  const std::string text = name.text().substr(0, 200);
  const Json* controller = method.find("controller");
  if (controller && (controller->string() == nullptr || *controller->string() != document_id))
    return Error(kProofInvalid, text + " belongs to another controller");
  if (has_ended(method, "revoked", at)) return Error(kProofInvalid, text + " was revoked");
  if (has_ended(method, "expires", at)) return Error(kProofInvalid, text + " has expired");
  return {};
}

}  // namespace

Result<crypto::PublicKey> key_in_document(const Json& document, const KeyId& method,
                                          const std::string& purpose, TimestampSecs at) {
  const Json* id_member = document.find("id");
  const std::string id = id_member && id_member->string() ? *id_member->string() : std::string();
  const Json* held = find_in(document, purpose, id, method);
  if (held == nullptr)
    return Error(kProofInvalid, method.text().substr(0, 200) + " is no key of its DID for " + purpose);
  if (held->object() == nullptr) held = find_in(document, "verificationMethod", id, method);
  if (held == nullptr || held->object() == nullptr)
    return Error(kProofInvalid, "the document does not hold " + method.text().substr(0, 200));
  ICN_TRY(check_in_force(*held, id, method, at));
  if (const Json* text = held->find("publicKeyMultibase"); text && text->string()) {
    const auto key = crypto::read_multikey(*text->string());
    return key.ok() ? key : Result<crypto::PublicKey>(Error(kProofInvalid, key.error().detail()));
  }
  if (const Json* jwk = held->find("publicKeyJwk")) return read_jwk(*jwk);
  return Error(kProofInvalid, method.text().substr(0, 200) + " is a key of a kind that is not known here");
}

}  // namespace icn::credentials
