#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "crypto/key_store.h"
#include "http/own_did.h"
#include "ledger/api/custody.h"
#include "ledger/ledger.h"
#include "storage/group_commit.h"

namespace icn::identity {

// A key pair that was made for a caller.
struct NewKey {
  crypto::PublicKey public_key;
  crypto::SecretKey secret;
};

// Keys the node keeps: sealed by its key store, as rows of its own store beside the ledger's. A key
// belongs to the caller that made it (API key, session, or the local client of a development node); who may
// act as a DID by its credentials may use the keys kept for it, and an operator the node's own.
// Thread: any.
class NodeCustody final : public ledger::Custody, public http::KeptDids {
 public:
  // `store`: the node's own, opened with node_tables(); `writes` writes to it. `node_key` is that of the
  // node's own DID, a did:key. `gateway_of`: of a gateway, the DID of the node whose store that is; it tells
  // who may act, and signs as nobody. The arguments outlive the custody.
  NodeCustody(const ledger::Ledger& ledger, storage::Store& store, storage::GroupCommit& writes,
              const crypto::KeyStore& keys, const crypto::SecretKey& node_key, const Clock& clock,
              Random& random, const std::optional<Did>& gateway_of = {});

  // Once, before it is used: of keys that were kept before there were notes of their owners, makes those.
  // Nothing to do is one look. Not of a gateway.
  Result<void> note_former_owners();

  const Did& node_did() const { return node_did_; }
  Key node_key() const;

  // no_credentials, key_not_kept; what the resolver says of a DID.
  Result<Key> key_for(const http::Caller& caller, const Did& did) const override;
  // Every key the node keeps of `did` for the caller, the current one first, and those it had before: for
  // what was sealed for them.   key_not_kept, as key_for()
  Result<std::vector<crypto::SecretKey>> all_keys_for(const http::Caller& caller, const Did& did) const;
  // Opens no key.
  bool may_act_as(const http::Caller& caller, const Did& did) const override;
  // Those whose current key is kept for the caller. Empty also when the store cannot be read.
  std::vector<Did> kept_for(const http::Caller& caller, std::size_t count_max) const override;

  NewKey make_key();
  // Calls `done` on `executor` once the key is durable. `owner`: owner_of(caller).
  void keep(const Did& did, const NewKey& key, const std::string& owner, Executor& executor,
            storage::GroupCommit::Done done);
  // Of a key that was kept for a DID that did not come to be.
  Result<void> forget(const Did& did, const crypto::PublicKey& key);
  // Who owns the current key of `did`; none: the node does not keep it.
  Result<std::optional<std::string>> owner(const Did& did) const;

  // The secret of the current key of `did` as a Multikey of 32 bytes ("z3u2..."), once, for its owner.
  //   key_not_kept, key_already_exported
  Result<std::string> export_once(const http::Caller& caller, const Did& did);

  // Whose keys a caller's keys are; needs_caller: nobody's.
  static Result<std::string> owner_of(const http::Caller& caller);

 private:
  struct Found;
  Result<std::optional<Found>> find(const Did& did) const;
  Result<Found> find_for(const http::Caller& caller, const Did& did) const;
  Result<crypto::SecretKey> open(const Did& did, const Found& found) const;

  const ledger::Ledger& ledger_;
  storage::Store& store_;
  storage::GroupCommit& writes_;
  const crypto::KeyStore& keys_;
  const crypto::SecretKey& node_key_;
  const Clock& clock_;
  Random& random_;
  Did node_did_;
  bool is_gateway_;
  std::mutex export_mutex_;  // one export at a time: once means once
};

}  // namespace icn::identity
