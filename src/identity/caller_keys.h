#pragma once

#include "http/authentication/key_resolver.h"
#include "ledger/ledger.h"

namespace icn::identity {

// Finds the keys of signed requests and sessions on the ledger. The node's own DID is an operator, every
// other DID with a valid key a member. Thread: any.
class CallerKeys final : public http::KeyResolver {
 public:
  CallerKeys(const ledger::Ledger& ledger, Did node_did) : ledger_(ledger), node_did_(std::move(node_did)) {}

  Result<http::ResolvedKey> resolve(const KeyId& id) const override;

 private:
  const ledger::Ledger& ledger_;
  Did node_did_;
};

}  // namespace icn::identity
