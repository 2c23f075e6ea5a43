#pragma once

#include "base/ids.h"
#include "crypto/ed25519.h"
#include "storage/store.h"

namespace icn::identity {

// The ledger's KeyResolver (ledger/rules.h): the bytes of verification method `key` if `sender` may sign
// with it in `state`. Runs for every transaction: a did:key costs no storage and well below a microsecond,
// a did:icn one read.
//   key_not_valid   no key of this sender, no such DID, a method that cannot sign transactions
//   I002            it was a key of this sender and is retired, or the DID is deactivated
// Thread: any.
Result<crypto::PublicKey> resolve_key(const storage::Reader& state, const Did& sender, const KeyId& key);

}  // namespace icn::identity
