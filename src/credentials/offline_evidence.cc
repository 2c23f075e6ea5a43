#include "credentials/offline_evidence.h"

#include <algorithm>

#include "codec/date_time.h"
#include "credentials/claim_schema.h"
#include "credentials/document_key.h"
#include "credentials/status_list.h"
#include "identity/document.h"
#include "identity/peer_did.h"

namespace icn::credentials {

using codec::Json;

std::string status_list_problem(const Json& list, TimestampSecs now, const Evidence& evidence) {
  const auto secured = read_secured_credential(list);
  if (!secured.ok()) return secured.error().detail();
  const Credential& credential = secured->credential;
  if (!credential.valid_from || *credential.valid_from > now + kClockSkewSecs)
    return "the status list is not valid yet";
  if (*credential.valid_from + kStatusListValiditySecs < now) return "the status list is older than a day";
  if (credential.valid_until && *credential.valid_until < now) return "the status list has expired";
  const std::string& method = secured->seal.method.text();
  if (method.substr(0, method.find('#')) != credential.issuer)
    return "the status list was signed by another than its issuer";
  const auto key = evidence.key(credential.issuer, secured->seal.method, "assertionMethod", {});
  if (!key.ok()) return "the status list: " + key.error().detail();
  if (!crypto::verify(*key, secured->seal.message, secured->seal.signature))
    return "the status list's signature is not valid";
  return "";
}

Result<void> OfflineEvidence::add_document(Json document) {
  const Json* id = document.find("id");
  if (id == nullptr || id->string() == nullptr) return Error(errors::kMalformed, "a DID document has an id");
  const std::string did = *id->string();
  documents_[did] = std::move(document);
  return {};
}

Result<void> OfflineEvidence::add_status_list(const Json& list) {
  ICN_TRY_ASSIGN(read, read_status_list(list));
  const Json* id = list.find("id");
  if (id == nullptr || id->string() == nullptr)
    return Error(kBadStatusList, "a status list has an id, its URL");
  lists_[*id->string()] = {issuer_of(list), read.purpose, status_list_problem(list, now_, *this),
                           std::move(read.bits)};
  return {};
}

Result<crypto::PublicKey> OfflineEvidence::key(const std::string& controller, const KeyId& method,
                                               const std::string& purpose,
                                               std::optional<TimestampSecs>) const {
  if (const auto peer = identity::read_peer_did(controller))
    return key_in_document(identity::peer_did_document_json(Did(controller), *peer), method, purpose);
  const auto parsed = identity::parse_did(controller);
  if (parsed.ok() && parsed->method == identity::DidMethod::kKey)
    return key_in_document(identity::did_key_document_json(Did(controller), parsed->key), method, purpose);
  const auto found = documents_.find(controller);
  if (found == documents_.end())
    return Error(kProofInvalid, "there is no document of " + controller.substr(0, 200) + " at hand");
  return key_in_document(found->second, method, purpose);
}

Result<std::optional<AnchorEvidence>> OfflineEvidence::anchor(const SecuredCredential&) const {
  return std::optional<AnchorEvidence>();
}

Result<StatusEvidence> OfflineEvidence::status(const SecuredCredential& secured) const {
  StatusEvidence out;
  out.is_known = true;
  for (const StatusEntry& each : secured.credential.statuses) {
    if (each.purpose != "revocation" && each.purpose != "suspension") continue;
    const auto found = lists_.find(each.list);
    if (found == lists_.end())
      return StatusEvidence{false, false, false, "the list " + each.list + " is not at hand"};
    const HeldList& list = found->second;
    if (!list.problem.empty()) return StatusEvidence{false, false, false, list.problem};
    const bool is_trusted = list.issuer == secured.credential.issuer ||
                            std::ranges::find(authorities_, list.issuer) != authorities_.end();
    if (!is_trusted)
      return StatusEvidence{false, false, false,
                            "the list " + each.list + " is by " + list.issuer + ", which nobody named"};
    if (list.purpose != each.purpose || each.index >= list.bits.size() * 8)
      return StatusEvidence{false, false, false, "the list " + each.list + " does not hold this entry"};
    const bool is_set = status_bit(list.bits, each.index);
    (each.purpose == "revocation" ? out.is_revoked : out.is_suspended) |= is_set;
    out.source = "by its status list";
  }
  return out;
}

Result<std::optional<Json>> OfflineEvidence::schema(const std::string& id) const {
  if (const Json* standard = find_standard_schema(id)) return std::optional<Json>(*standard);
  const auto found = schemas_.find(id);
  return found == schemas_.end() ? std::optional<Json>() : std::optional<Json>(found->second);
}

Result<std::vector<std::string>> OfflineEvidence::schema_issuers(const std::string&) const {
  return std::vector<std::string>();
}

}  // namespace icn::credentials
