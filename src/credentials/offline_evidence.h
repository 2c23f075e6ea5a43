#pragma once

#include <map>

#include "credentials/verify.h"

namespace icn::credentials {

// Evidence without a network: did:key and did:peer:0 speak for themselves; documents of other DIDs, status
// lists and schemas are what was given. A list counts when its own proof holds and
//   given     it is not older than a day, and whoever issued it is the credential's issuer or a given
//             authority (a node that vouches for the ledger's state)
//   fetched   it has not expired: the credential itself names the address it came from, just now
// The proof of a list is checked once. Thread: one at a time.
class OfflineEvidence final : public Evidence {
 public:
  explicit OfflineEvidence(TimestampSecs now) : now_(now) {}

  // A DID document, as it was when the credential was issued.   malformed: it has no id
  Result<void> add_document(codec::Json document);
  // The signed credential of a list, in any form.   bad_status_list
  Result<void> add_status_list(const codec::Json& list);
  // The same, as `url` answered it.
  Result<void> add_fetched_list(const std::string& url, const codec::Json& list);
  void add_schema(const std::string& id, codec::Json schema) { schemas_[id] = std::move(schema); }
  void add_authority(const std::string& did) { authorities_.push_back(did); }
  bool has_document(const std::string& did) const { return documents_.contains(did); }
  bool has_list(const std::string& url) const { return lists_.contains(url); }
  // Of the lists it holds, decompressed.
  std::size_t list_bytes() const { return list_bytes_; }
  bool has_schema(const std::string& id) const { return schemas_.contains(id); }
  // Why there is no document, list or schema of this name: shown in place of it.
  void add_failure(const std::string& name, std::string why) { failures_[name] = std::move(why); }

  Result<crypto::PublicKey> key(const std::string& controller, const KeyId& method,
                                const std::string& purpose, std::optional<TimestampSecs> at) const override;
  Result<std::optional<AnchorEvidence>> anchor(const SecuredCredential& credential) const override;
  Result<StatusEvidence> status(const SecuredCredential& credential,
                                const std::vector<StatusEntry>& entries) const override;
  Result<std::optional<SchemaEvidence>> schema(const std::string& id) const override;

  Result<std::vector<std::string>> schema_issuers(const std::string& id) const override;

  // The same as status(), with keys of list issuers from `keys`.
  StatusEvidence status_by(const Evidence& keys, const SecuredCredential& credential,
                           const std::vector<StatusEntry>& entries) const;

 private:
  struct HeldList {
    SecuredCredential secured;
    std::vector<std::string> purposes;
    Bytes bits;
    bool is_fetched = false;
    mutable std::optional<std::string> seal_problem = {};  // of its proof and times, once it was looked at
  };
  // Why the list does not count for an entry; empty: it does.
  std::string problem_of(const Evidence& keys, const SecuredCredential& credential, const StatusEntry& entry,
                         const HeldList& list) const;
  std::string missing(const std::string& name, const std::string& what) const;

  TimestampSecs now_;
  std::map<std::string, codec::Json> documents_;
  std::map<std::string, HeldList> lists_;  // by URL
  std::size_t list_bytes_ = 0;             // that were added, also of lists that others replaced
  std::map<std::string, codec::Json> schemas_;
  std::map<std::string, std::string> failures_;
  std::vector<std::string> authorities_;
};

}  // namespace icn::credentials
