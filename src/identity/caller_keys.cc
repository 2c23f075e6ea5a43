#include "identity/caller_keys.h"

#include "base/errors.h"
#include "identity/did.h"
#include "identity/key_resolver.h"

namespace icn::identity {

Result<http::ResolvedKey> CallerKeys::resolve(const KeyId& id) const {
  ICN_TRY_ASSIGN(store, ledger_.store());
  const Did did = did_of(id);
  const auto key = resolve_key(*store, did, id);
  if (!key.ok()) return Error(errors::kUnauthenticated, key.error().detail());
  return http::ResolvedKey{*key, did, did == node_did_ ? http::Role::kOperator : http::Role::kMember};
}

}  // namespace icn::identity
