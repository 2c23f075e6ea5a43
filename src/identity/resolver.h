#pragma once

#include <cstdint>
#include <optional>

#include "identity/document.h"
#include "storage/store.h"

namespace icn::identity {

struct Resolution {
  DidMethod method = DidMethod::kKey;
  codec::Json document;                       // W3C DID Core JSON
  std::optional<DidDocument> record;          // of a did:icn
  std::optional<std::uint64_t> newest;        // of a did:icn: its newest version
  std::optional<TimestampSecs> next_updated;  // when an old version was replaced
};

// The document of a DID, of `version` when given. A deactivated DID resolves, to a document without keys.
// Errors: I001, unsupported_did_method, did_not_found, did_version_not_found.
// Thread: any.
Result<Resolution> resolve(const storage::Reader& state, const Did& did,
                           std::optional<std::uint64_t> version = {});

// DID Core 1.0, 7.1: {didDocument, didResolutionMetadata, didDocumentMetadata}; an error becomes its
// resolution error (invalidDid, notFound, methodNotSupported).
codec::Json resolution_json(const Result<Resolution>& resolved);

// didDocumentMetadata. Beside the standard's names: versionCid, previousCid, transactionId, signedBy.
codec::Json metadata_json(const Resolution& resolution);

}  // namespace icn::identity
