#pragma once

#include "base/ids.h"
#include "crypto/ed25519.h"
#include "http/caller.h"

namespace icn::ledger {

// Keys the node keeps for its callers; identity/ implements it. Thread: any.
class Custody {
 public:
  struct Key {
    KeyId id;
    crypto::SecretKey secret;
  };

  virtual ~Custody() = default;
  // The key to sign for `did` with, if `caller` may act as it and the node holds it: the DID of an API key or
  // session, or the node's own DID for an operator. Else forbidden, with what the caller can do instead.
  virtual Result<Key> key_for(const http::Caller& caller, const Did& did) const = 0;
  // Whether a body of `caller` may act as `did` (domain.md 1): by its credentials, or as key_for() says.
  virtual bool may_act_as(const http::Caller& caller, const Did& did) const {
    return caller.acts_as(did) || key_for(caller, did).ok();
  }
};

}  // namespace icn::ledger
