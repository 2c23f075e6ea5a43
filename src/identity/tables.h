#pragma once

#include "identity/document.h"
#include "ledger/tables.h"

// Tables of identity: 20-39 in the agreed state, 220-229 what this node keeps for itself.
namespace icn::identity {

// That a DID has or had a key. Key (DID, the 32 bytes of the key).
struct KeyUse {
  std::uint32_t number = 0;
  std::uint64_t added_version = 0;
  std::optional<std::uint64_t> retired_version;
  static constexpr auto fields() {
    using codec::field;
    return described(field("number", &KeyUse::number), field("added_version", &KeyUse::added_version),
                     field("retired_version", &KeyUse::retired_version));
  }
};

// How often a DID changed DIDs in the hour that began at `since_secs`. Later windows clear away old rows.
struct OperationCount {
  Did did;
  std::uint64_t since_secs = 0;  // block time
  std::uint32_t count = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &OperationCount::did), field("since_secs", &OperationCount::since_secs),
                     field("count", &OperationCount::count));
  }
};

// One row, key "dids".
struct IdentityCounts {
  std::uint64_t dids = 0;
  std::uint64_t deactivated = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("dids", &IdentityCounts::dids),
                     field("deactivated", &IdentityCounts::deactivated));
  }
};

// A secret key the node keeps for a caller. Key (DID, the 32 bytes of its public key).
struct CustodyRecord {
  std::string owner;  // id of the API key or the DID of who had it made, or http::kLocalClient
  Bytes sealed;       // the seed, sealed by the node's key store for exactly this row
  TimestampSecs created = 0;
  std::optional<TimestampSecs> exported;
  static constexpr auto fields() {
    using codec::field;
    return described(field("owner", &CustodyRecord::owner), field("sealed", &CustodyRecord::sealed),
                     field("created", &CustodyRecord::created), field("exported", &CustodyRecord::exported));
  }
};

// That a key of the DID is, or was, kept for the owner. Key (owner, DID).
struct KeptFor {
  TimestampSecs since = 0;
  static constexpr auto fields() { return described(codec::field("since", &KeptFor::since)); }
};

using DidVersion = std::tuple<Did, std::uint64_t>;
using DidKeyBytes = std::tuple<Did, Bytes>;
using OwnerDid = std::tuple<std::string, Did>;

inline const ledger::Table<Did, DidDocument> kDocuments{20, "identity_documents"};  // newest version
inline const ledger::Table<DidVersion, DidDocument> kFormerVersions{21, "identity_former_versions"};
inline const ledger::Table<DidKeyBytes, KeyUse> kKeyUses{22, "identity_keys"};
inline const ledger::Table<Did, OperationCount> kOperations{
    23, "identity_operations", {{"idx_identity_operations_since", [](const OperationCount& row) {
                                   return std::optional(storage::key_of(row.since_secs, row.did));
                                 }}}};
inline const ledger::Table<std::string, IdentityCounts> kCounts{24, "identity_counts"};

inline const ledger::Table<DidKeyBytes, CustodyRecord> kCustody{220, "identity_custody"};
inline const ledger::Table<OwnerDid, KeptFor> kKeptFor{221, "identity_kept_for"};

}  // namespace icn::identity
