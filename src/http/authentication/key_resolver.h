#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "http/caller.h"

namespace icn::http {

// The key of a verification method and who stands behind it.
struct ResolvedKey {
  crypto::PublicKey key;
  Did did;
  Role role = Role::kNone;  // what this DID may do at this node
};

// Implemented by identity. Thread: any io thread; answers from memory, never blocks, never goes out.
class KeyResolver {
 public:
  virtual ~KeyResolver() = default;
  // The key if it is valid for authentication now. Errors: not_found, unauthenticated.
  virtual Result<ResolvedKey> resolve(const KeyId& id) const = 0;
};

}  // namespace icn::http
