#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/cid.h"
#include "codec/records.h"
#include "identity/did.h"

// A did:icn as the ledger holds it, one record a version. Format: docs/formats/identity.md.
namespace icn::identity {

inline constexpr std::size_t kServicesMax = 16;

// Where a DID can be reached. `id` is the fragment alone: "inbox" for did:icn:...#inbox.
struct Service {
  std::string id;
  std::string type;
  std::string endpoint;
  static constexpr std::string_view schema_name = "DidService";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("id", &Service::id, "fragment: letters, digits and . _ - ; does not begin with key-", {1, 64}),
        field("type", &Service::type, "LinkedDomains, for example", {1, 64}),
        field("endpoint", &Service::endpoint, "URI", {3, 512}));
  }
};

// bad_service: characters that are not allowed, no URI, or an id that comes twice.
Result<void> check_services(const std::vector<Service>& services);

// A key that is valid in its version. Its id is <did>#key-<number>; numbers are never used again.
struct DocumentKey {
  std::uint32_t number = 0;
  codec::HexBytes public_key;  // 32 bytes, Ed25519
  TimestampSecs created = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("number", &DocumentKey::number), field("public_key", &DocumentKey::public_key),
                     field("created", &DocumentKey::created));
  }
};

struct DidDocument {
  Did id;
  IdentityType type = IdentityType::kPerson;
  std::uint64_t version = 0;  // 1 is the first
  TimestampSecs created = 0;  // of version 1
  TimestampSecs updated = 0;  // of this version: from here on it is the valid one
  std::uint64_t height = 0;   // block of this version
  bool deactivated = false;   // such a version has no keys and is the last
  std::uint32_t keys_made = 0;
  std::vector<DocumentKey> keys;
  std::vector<Service> services;
  codec::Cid previous;          // of the version before; empty in version 1
  codec::HexBytes transaction;  // id of what made this version
  KeyId signed_by;              // valid in the version before (version 1: key of who created it)

  static constexpr auto fields() {
    using codec::field;
    return described(field("id", &DidDocument::id), field("type", &DidDocument::type),
                     field("version", &DidDocument::version), field("created", &DidDocument::created),
                     field("updated", &DidDocument::updated), field("height", &DidDocument::height),
                     field("deactivated", &DidDocument::deactivated),
                     field("keys_made", &DidDocument::keys_made), field("keys", &DidDocument::keys),
                     field("services", &DidDocument::services), field("previous", &DidDocument::previous),
                     field("transaction", &DidDocument::transaction),
                     field("signed_by", &DidDocument::signed_by));
  }

  const DocumentKey* find_key(const KeyId& key) const;
};

// The CID of its DAG-CBOR block: what the next version links to.
codec::Cid document_cid(const DidDocument& document);

// The documents as W3C DID Core 1.0 wants them: Multikey methods, the X25519 key agreement derived
// from each signing key.
codec::Json document_json(const DidDocument& document);
codec::Json did_key_document_json(const Did& did, const crypto::PublicKey& key);

}  // namespace icn::identity
