#include "credentials/offline_evidence.h"

#include <algorithm>

#include "credentials/claim_schema.h"
#include "credentials/document_key.h"
#include "credentials/status_list.h"
#include "identity/document.h"
#include "identity/peer_did.h"

namespace icn::credentials {
namespace {

using codec::Json;

// Why the proof of a list's credential does not hold, or its time is not now; empty: all is well.
std::string seal_problem(const SecuredCredential& list, TimestampSecs now, const Evidence& keys) {
  const Credential& credential = list.credential;
  if (credential.valid_from && *credential.valid_from > now + kClockSkewSecs)
    return "the status list is not valid yet";
  if (credential.valid_until && *credential.valid_until < now) return "the status list has expired";
  if (list.seal.expires && *list.seal.expires < now) return "the status list has expired";
  const std::string& method = list.seal.method.text();
  if (method.substr(0, method.find('#')) != credential.issuer || list.seal.purpose != "assertionMethod")
    return "the status list was signed by another than its issuer";
  const auto key = keys.key(credential.issuer, list.seal.method, "assertionMethod", {});
  if (!key.ok()) return "the status list: " + key.error().detail();
  if (!crypto::verify(*key, list.seal.message, list.seal.signature))
    return "the status list's signature is not valid";
  return "";
}

bool holds(const std::vector<std::string>& list, const std::string& wanted) {
  return std::ranges::find(list, wanted) != list.end();
}

}  // namespace

Result<void> OfflineEvidence::add_document(Json document) {
  const Json* id = document.find("id");
  if (id == nullptr || id->string() == nullptr) return Error(errors::kMalformed, "a DID document has an id");
  const std::string did = *id->string();
  documents_[did] = std::move(document);
  return {};
}

Result<void> OfflineEvidence::add_status_list(const Json& list) {
  auto secured = read_secured_credential(list);
  if (!secured.ok()) return Error(kBadStatusList, secured.error().detail());
  ICN_TRY_ASSIGN(read, read_status_list(secured->document));
  list_bytes_ += read.bits.size();
  const std::string id = secured->credential.id;
  if (id.empty()) return Error(kBadStatusList, "a status list has an id, its URL");
  lists_.insert_or_assign(
      id, HeldList{std::move(*secured), std::move(read.purposes), std::move(read.bits), false});
  return {};
}

Result<void> OfflineEvidence::add_fetched_list(const std::string& url, const Json& list) {
  auto secured = read_secured_credential(list);
  if (!secured.ok()) return Error(kBadStatusList, secured.error().detail());
  ICN_TRY_ASSIGN(read, read_status_list(secured->document));
  list_bytes_ += read.bits.size();
  if (!secured->credential.id.empty() && secured->credential.id != url)
    return Error(kBadStatusList, "is the list " + secured->credential.id.substr(0, 200));
  lists_.insert_or_assign(
      url, HeldList{std::move(*secured), std::move(read.purposes), std::move(read.bits), true});
  return {};
}

Result<crypto::PublicKey> OfflineEvidence::key(const std::string& controller, const KeyId& method,
                                               const std::string& purpose,
                                               std::optional<TimestampSecs> at) const {
  const TimestampSecs when = at.value_or(now_);
  if (const auto peer = identity::read_peer_did(controller))
    return key_in_document(identity::peer_did_document_json(Did(controller), *peer), method, purpose, when);
  const auto parsed = identity::parse_did(controller);
  if (parsed.ok() && parsed->method == identity::DidMethod::kKey)
    return key_in_document(identity::did_key_document_json(Did(controller), parsed->key), method, purpose,
                           when);
  const auto found = documents_.find(controller);
  if (found == documents_.end())
    return Error(kProofInvalid, missing(controller, "document of " + controller.substr(0, 200)));
  return key_in_document(found->second, method, purpose, when);
}

Result<std::optional<AnchorEvidence>> OfflineEvidence::anchor(const SecuredCredential&) const {
  return std::optional<AnchorEvidence>();
}

std::string OfflineEvidence::missing(const std::string& name, const std::string& what) const {
  const auto failure = failures_.find(name);
  return "there is no " + what + " at hand" + (failure == failures_.end() ? "" : ": " + failure->second);
}

std::string OfflineEvidence::problem_of(const Evidence& keys, const SecuredCredential& credential,
                                        const StatusEntry& entry, const HeldList& list) const {
  const Credential& named = list.secured.credential;
  if (!list.seal_problem) list.seal_problem = seal_problem(list.secured, now_, keys);
  if (!list.seal_problem->empty()) return *list.seal_problem;
  if (!list.is_fetched) {
    if (!named.valid_from || *named.valid_from + kStatusListValiditySecs < now_)
      return "the status list is older than a day";
    if (named.issuer != credential.credential.issuer && !holds(authorities_, named.issuer))
      return "the list " + entry.list + " is by " + named.issuer + ", which nobody named";
  }
  if (!holds(list.purposes, entry.purpose) || entry.index >= list.bits.size() * 8)
    return "the list " + entry.list + " does not hold this entry";
  return "";
}

StatusEvidence OfflineEvidence::status_by(const Evidence& keys, const SecuredCredential& credential,
                                          const std::vector<StatusEntry>& entries) const {
  StatusEvidence out;
  out.is_known = true;
  out.source = "no list speaks of revocation or suspension";
  for (const StatusEntry& each : entries) {
    if (each.purpose != "revocation" && each.purpose != "suspension") continue;
    const auto found = lists_.find(each.list);
    const std::string problem = found == lists_.end() ? missing(each.list, "list " + each.list)
                                                      : problem_of(keys, credential, each, found->second);
    if (!problem.empty()) return StatusEvidence{false, false, false, problem, {}};
    const bool is_set = status_bit(found->second.bits, each.index);
    (each.purpose == "revocation" ? out.is_revoked : out.is_suspended) |= is_set;
    out.source = "by its status list";
  }
  return out;
}

Result<StatusEvidence> OfflineEvidence::status(const SecuredCredential& credential,
                                               const std::vector<StatusEntry>& entries) const {
  return status_by(*this, credential, entries);
}

Result<std::optional<SchemaEvidence>> OfflineEvidence::schema(const std::string& id) const {
  if (const Json* standard = find_standard_schema(id))
    return std::optional(SchemaEvidence{*standard, SchemaSubject::kClaims});
  const auto found = schemas_.find(id);
  if (found != schemas_.end())
    return std::optional(SchemaEvidence{found->second, SchemaSubject::kCredential});
  const auto failure = failures_.find(id);
  if (failure != failures_.end()) return Error(kSchemaNotFound, missing(id, "schema " + id));
  return std::optional<SchemaEvidence>();
}

Result<std::vector<std::string>> OfflineEvidence::schema_issuers(const std::string&) const {
  return std::vector<std::string>();
}

}  // namespace icn::credentials
