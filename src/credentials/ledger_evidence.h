#pragma once

#include <memory>

#include "credentials/offline_evidence.h"
#include "credentials/tables.h"
#include "dag/block_store.h"

namespace icn::credentials {

// Evidence from one moment of the ledger. did:key and did:icn are judged by it alone: a signature of an
// anchored credential by the version of the issuer's document that was valid when it was anchored, any other
// by the newest. Documents of other DIDs and foreign status lists are what `given` holds.
class LedgerEvidence final : public Evidence {
 public:
  // The arguments outlive this.
  LedgerEvidence(const ledger::Reader& state, const dag::BlockStore& blocks, const OfflineEvidence& given)
      : state_(state), blocks_(blocks), given_(given) {}

  Result<crypto::PublicKey> key(const std::string& controller, const KeyId& method,
                                const std::string& purpose, std::optional<TimestampSecs> at) const override;
  Result<std::optional<AnchorEvidence>> anchor(const SecuredCredential& credential) const override;
  Result<StatusEvidence> status(const SecuredCredential& credential,
                                const std::vector<StatusEntry>& entries) const override;
  Result<std::optional<SchemaEvidence>> schema(const std::string& id) const override;
  Result<std::vector<std::string>> schema_issuers(const std::string& id) const override;

 private:
  Result<crypto::PublicKey> icn_key(const Did& did, const KeyId& method,
                                    std::optional<TimestampSecs> at) const;

  const ledger::Reader& state_;
  const dag::BlockStore& blocks_;
  const OfflineEvidence& given_;
};

// The JSON Schema `id` stands for; none: not known, or its block is not at this node.
Result<std::optional<codec::Json>> load_schema(const ledger::Reader& state, const dag::BlockStore& blocks,
                                               const std::string& id);

}  // namespace icn::credentials
