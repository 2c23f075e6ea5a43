#pragma once

#include <map>

#include "credentials/verify.h"

namespace icn::credentials {

// Evidence without a network: did:key speaks for itself; documents of other DIDs, status lists and schemas
// are what was given. A list counts when its own proof holds, it is not older than a day and whoever issued
// it is the credential's issuer or a given authority (a node that vouches for the ledger's state).
class OfflineEvidence final : public Evidence {
 public:
  explicit OfflineEvidence(TimestampSecs now) : now_(now) {}

  // A DID document, as it was when the credential was issued.   malformed: it has no id
  Result<void> add_document(codec::Json document);
  // The signed credential of a list.   bad_status_list
  Result<void> add_status_list(const codec::Json& list);
  void add_schema(const std::string& id, codec::Json schema) { schemas_[id] = std::move(schema); }
  void add_authority(const std::string& did) { authorities_.push_back(did); }

  Result<crypto::PublicKey> key(const std::string& controller, const KeyId& method,
                                const std::string& purpose, std::optional<TimestampSecs> at) const override;
  Result<std::optional<AnchorEvidence>> anchor(const SecuredCredential& credential) const override;
  Result<StatusEvidence> status(const SecuredCredential& credential) const override;
  Result<std::optional<codec::Json>> schema(const std::string& id) const override;
  Result<std::vector<std::string>> schema_issuers(const std::string& id) const override;

 private:
  struct HeldList {
    std::string issuer;
    std::string purpose;
    std::string problem;  // empty: none
    Bytes bits;
  };

  TimestampSecs now_;
  std::map<std::string, codec::Json> documents_;
  std::map<std::string, HeldList> lists_;  // by URL
  std::map<std::string, codec::Json> schemas_;
  std::vector<std::string> authorities_;
};

// Whether the proof of a list's credential holds and it is neither too young nor too old at `now`; the reason
// otherwise. `evidence` finds the key.
std::string status_list_problem(const codec::Json& list, TimestampSecs now, const Evidence& evidence);

}  // namespace icn::credentials
