#include "credentials/ledger_evidence.h"

#include "codec/date_time.h"
#include "credentials/claim_schema.h"
#include "credentials/pauses.h"
#include "credentials/status_pages.h"
#include "identity/errors.h"
#include "identity/tables.h"

namespace icn::credentials {
namespace {

using codec::Json;

// The key `method` of a version of `document` that was valid at `at`, or, when it was replaced in that very
// second, of the one before: whoever anchors signs with a key that is valid at its place in the order.
Result<std::optional<identity::DocumentKey>> key_at(const ledger::Reader& state,
                                                    identity::DidDocument document, const KeyId& method,
                                                    TimestampSecs at) {
  while (true) {
    const identity::DocumentKey* key = document.updated <= at ? document.find_key(method) : nullptr;
    if (key != nullptr) return std::optional(*key);
    if (document.updated < at || document.version == 1) return std::optional<identity::DocumentKey>();
    ICN_TRY_ASSIGN(former, identity::kFormerVersions.get(state, {document.id, document.version - 1}));
    if (!former) return Error(errors::kInternal, "a former version of " + document.id.text() + " is missing");
    document = std::move(*former);
  }
}

// Whether the ledger keeps what an entry points to, whatever node's address stands in front of it. Another
// place of a ledger's list is somebody else's.
bool is_own_place(const StatusEntry& entry, const CredentialRecord& record) {
  const ListName list{record.issuer, record.list, entry.purpose};
  return entry.index == record.index && entry.list.ends_with(std::string(kStatusListPath) + list.text());
}

}  // namespace

Result<std::optional<Json>> load_schema(const ledger::Reader& state, const dag::BlockStore& blocks,
                                        const std::string& id) {
  if (const Json* standard = find_standard_schema(id)) return std::optional<Json>(*standard);
  if (id.size() > storage::kKeySizeMax / 2) return std::optional<Json>();
  ICN_TRY_ASSIGN(known, kSchemas.get(state, id));
  if (!known) return std::optional<Json>();
  const auto block = blocks.get(known->cid);
  if (!block.ok()) return std::optional<Json>();
  ICN_TRY_ASSIGN(json, codec::parse_json((*block)->bytes, {kSchemaBytesMax, 32, 5'000}));
  ICN_TRY(check_schema(json));
  return std::optional<Json>(std::move(json));
}

Result<crypto::PublicKey> LedgerEvidence::icn_key(const Did& did, const KeyId& method,
                                                  std::optional<TimestampSecs> at) const {
  ICN_TRY_ASSIGN(newest, identity::kDocuments.get(state_, did));
  if (!newest) return Error(identity::kDidNotFound, "the ledger has no " + did.text());
  std::optional<identity::DocumentKey> key;
  if (at) {
    ICN_TRY_ASSIGN(then, key_at(state_, std::move(*newest), method, *at));
    key = std::move(then);
  } else if (const identity::DocumentKey* now = newest->find_key(method)) {
    key = *now;
  }
  if (!key) {
    return Error(identity::kKeyRevoked,
                 method.text().substr(0, 200) +
                     (at ? " was no valid key when this was anchored" : " is no valid key now"));
  }
  return crypto::PublicKey::from_bytes(key->public_key.bytes);
}

Result<crypto::PublicKey> LedgerEvidence::key(const std::string& controller, const KeyId& method,
                                              const std::string& purpose,
                                              std::optional<TimestampSecs> at) const {
  if (controller.size() > storage::kKeySizeMax / 2) return Error(identity::kInvalidDid);
  if (identity::is_did_icn(controller)) return icn_key(Did(controller), method, at);
  return given_.key(controller, method, purpose, at);
}

Result<std::optional<AnchorEvidence>> LedgerEvidence::anchor(const SecuredCredential& secured) const {
  const std::string& issuer = secured.credential.issuer;
  if (issuer.size() > storage::kKeySizeMax / 2) return std::optional<AnchorEvidence>();
  ICN_TRY_ASSIGN(record, kCredentials.get(state_, {cid_key(secured.cid), Did(issuer)}));
  if (!record) return std::optional<AnchorEvidence>();
  AnchorEvidence out;
  out.anchored_at = record->issued_at;
  out.usage_count = record->usage_count;
  out.status = {true,
                record->status == CredentialStatus::kRevoked,
                record->status == CredentialStatus::kSuspended,
                "by the ledger",
                {}};
  if (is_paused(*record)) {
    ICN_TRY_ASSIGN(ends_at, pause_ends_at(state_, *record));
    out.status.paused = "until " + codec::write_date_time(ends_at) + " by proposal " + record->paused_by;
  }
  for (const StatusEntry& each : secured.credential.statuses) {
    if (!is_own_place(each, *record)) out.other_lists.push_back(each);
  }
  return std::optional(std::move(out));
}

Result<StatusEvidence> LedgerEvidence::status(const SecuredCredential& secured,
                                              const std::vector<StatusEntry>& entries) const {
  return given_.status_by(*this, secured, entries);
}

Result<std::optional<SchemaEvidence>> LedgerEvidence::schema(const std::string& id) const {
  ICN_TRY_ASSIGN(known, load_schema(state_, blocks_, id));
  if (known) return std::optional(SchemaEvidence{std::move(*known), SchemaSubject::kClaims});
  return given_.schema(id);
}

Result<std::vector<std::string>> LedgerEvidence::schema_issuers(const std::string& id) const {
  std::vector<std::string> out;
  if (id.size() > storage::kKeySizeMax / 2) return out;
  ICN_TRY_ASSIGN(known, kSchemas.get(state_, id));
  if (!known) return out;
  for (const Did& each : known->issuers) out.push_back(each.text());
  return out;
}

}  // namespace icn::credentials
