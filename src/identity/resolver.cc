#include "identity/resolver.h"

#include "codec/date_time.h"
#include "identity/control.h"
#include "identity/errors.h"
#include "identity/peer_did.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

using codec::Json;

const char* resolution_error(const Error& error) {
  if (error.is(kInvalidDid)) return "invalidDid";
  if (error.is(kUnsupportedMethod)) return "methodNotSupported";
  if (error.is(kBadDidDocument)) return "invalidDidDocument";
  if (error.category() == Category::kNotFound) return "notFound";
  return "internalError";
}

Result<Resolution> resolve_icn(const storage::Reader& state, const Did& did,
                               std::optional<std::uint64_t> version) {
  Resolution out;
  out.method = DidMethod::kIcn;
  ICN_TRY_ASSIGN(newest, kDocuments.get(state, did));
  if (!newest) return Error(kDidNotFound, "the ledger has no " + did.text());
  out.newest = newest->version;
  if (!version || *version == newest->version) {
    out.record = std::move(newest);
  } else {
    ICN_TRY_ASSIGN(former, kFormerVersions.get(state, {did, *version}));
    if (!former) {
      return Error(kVersionNotFound, did.text() + " has versions 1 to " + std::to_string(newest->version) +
                                         ", not " + std::to_string(*version));
    }
    out.record = std::move(former);
    ICN_TRY_ASSIGN(next, kFormerVersions.get(state, {did, *version + 1}));
    out.next_updated = next ? next->updated : newest->updated;
  }
  out.document = document_json(*out.record);
  if (out.record->deactivated) return out;
  ICN_TRY_ASSIGN(controllers, controllers_of(state, did, out.record->version));
  if (controllers.empty()) return out;
  Json::Array all{did.text()};
  for (const Did& each : controllers) all.emplace_back(each.text());
  out.document.set("controller", std::move(all));
  return out;
}

}  // namespace

Result<Resolution> resolve(const storage::Reader& state, const Did& did,
                           std::optional<std::uint64_t> version) {
  if (const auto key = read_peer_did(did.text())) {
    if (version && *version != 1) return Error(kVersionNotFound, "a did:peer:0 has version 1 only");
    Resolution out;
    out.document = peer_did_document_json(did, *key);
    return out;
  }
  ICN_TRY_ASSIGN(parsed, parse_did(did.text()));
  if (parsed.method == DidMethod::kIcn) return resolve_icn(state, did, version);
  if (version && *version != 1) {
    return Error(kVersionNotFound, "a did:key has version 1 only, not " + std::to_string(*version));
  }
  Resolution out;
  out.document = did_key_document_json(did, parsed.key);
  return out;
}

Json metadata_json(const Resolution& resolution) {
  Json out(Json::Object{});
  if (!resolution.record) return out;
  const DidDocument& record = *resolution.record;
  out.set("created", codec::write_date_time(record.created));
  if (record.version > 1) out.set("updated", codec::write_date_time(record.updated));
  if (record.deactivated) out.set("deactivated", true);
  out.set("versionId", std::to_string(record.version));
  if (resolution.next_updated) {
    out.set("nextUpdate", codec::write_date_time(*resolution.next_updated));
    out.set("nextVersionId", std::to_string(record.version + 1));
  }
  out.set("versionCid", document_cid(record).to_string());
  if (!record.previous.empty()) out.set("previousCid", record.previous.to_string());
  out.set("transactionId", hex_encode(record.transaction.bytes));
  out.set("signedBy", record.signed_by.text());
  return out;
}

Json resolution_json(const Result<Resolution>& resolved) {
  Json metadata(Json::Object{});
  if (!resolved.ok()) {
    metadata.set("error", resolution_error(resolved.error()));
    metadata.set("errorMessage", resolved.error().detail());
    return Json::object({{"didDocument", Json()},
                         {"didResolutionMetadata", std::move(metadata)},
                         {"didDocumentMetadata", Json(Json::Object{})}});
  }
  metadata.set("contentType", "application/did+ld+json");
  return Json::object({{"didDocument", resolved->document},
                       {"didResolutionMetadata", std::move(metadata)},
                       {"didDocumentMetadata", metadata_json(*resolved)}});
}

}  // namespace icn::identity
