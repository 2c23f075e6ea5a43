#include "identity/custody.h"

#include <algorithm>

#include "crypto/key_text.h"
#include "crypto/secret_key_text.h"
#include "http/errors.h"
#include "identity/errors.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

// Where a sealed key belongs: it opens in its own row only.
Bytes place_of(const Did& did, const crypto::PublicKey& key) {
  Bytes place = to_bytes(as_bytes("identity_custody"));
  append(place, storage::key_of(DidKeyBytes(did, to_bytes(key.view()))));
  return place;
}

// Sessions and signed requests stand for a DID, whatever key it has just now. Empty: nobody.
std::string owner_name(const http::Caller& caller) {
  const bool is_did =
      caller.credential == http::Credential::kSession || caller.credential == http::Credential::kSignature;
  return is_did && caller.dids && !caller.dids->empty() ? caller.dids->front().text() : caller.id;
}

// A caller without credentials may be anybody: they are asked for some before anything else is said.
Error not_kept(const http::Caller& caller, const Did& did) {
  const std::string name = did.text().substr(0, 200);
  if (caller.is_anonymous())
    return Error(http::kNoCredentials, "who acts as " + name +
                                           " sends credentials, or the whole transaction, signed with a key "
                                           "of that DID");
  return Error(kKeyNotKept,
               "the node keeps no key of " + name +
                   " for this caller; send the whole transaction, signed with a key of that DID");
}

}  // namespace

struct NodeCustody::Found {
  KeyId id;
  crypto::PublicKey public_key;
  CustodyRecord record;
};

NodeCustody::NodeCustody(const ledger::Ledger& ledger, storage::Store& store, storage::GroupCommit& writes,
                         const crypto::KeyStore& keys, const crypto::SecretKey& node_key, const Clock& clock,
                         Random& random, const std::optional<Did>& gateway_of)
    : ledger_(ledger),
      store_(store),
      writes_(writes),
      keys_(keys),
      node_key_(node_key),
      clock_(clock),
      random_(random),
      node_did_(gateway_of.value_or(crypto::did_key(node_key.public_key()))),
      is_gateway_(gateway_of.has_value()) {}

ledger::Custody::Key NodeCustody::node_key() const {
  return {crypto::did_key_method(node_key_.public_key()),
          crypto::SecretKey::from_seed(node_key_.seed().view())};
}

Result<std::string> NodeCustody::owner_of(const http::Caller& caller) {
  if (std::string owner = owner_name(caller); !owner.empty()) return owner;
  return Error(kNeedsCaller,
               "the node keeps keys for known callers only: send an API key, or your own public_key");
}

Result<std::optional<NodeCustody::Found>> NodeCustody::find(const Did& did) const {
  ICN_TRY_ASSIGN(parsed, parse_did(did.text()));
  if (parsed.method == DidMethod::kKey) {
    ICN_TRY_ASSIGN(record, kCustody.get(store_, {did, to_bytes(parsed.key.view())}));
    if (!record) return std::optional<Found>();
    return std::optional<Found>({crypto::did_key_method(parsed.key), parsed.key, std::move(*record)});
  }
  ICN_TRY_ASSIGN(state, ledger_.store());
  ICN_TRY_ASSIGN(document, kDocuments.get(*state, did));
  if (!document) return Error(kDidNotFound, "the ledger has no " + did.text());
  for (const DocumentKey& key : document->keys) {
    ICN_TRY_ASSIGN(record, kCustody.get(store_, {did, key.public_key.bytes}));
    if (!record) continue;
    ICN_TRY_ASSIGN(public_key, crypto::PublicKey::from_bytes(key.public_key.bytes));
    return std::optional<Found>({icn_key_id(did, key.number), public_key, std::move(*record)});
  }
  return std::optional<Found>();
}

Result<NodeCustody::Found> NodeCustody::find_for(const http::Caller& caller, const Did& did) const {
  ICN_TRY_ASSIGN(found, find(did));
  const std::string owner = owner_name(caller);
  const bool is_owner = found && !owner.empty() && found->record.owner == owner;
  if (!found || !(is_owner || caller.acts_as(did))) return not_kept(caller, did);
  return std::move(*found);
}

Result<crypto::SecretKey> NodeCustody::open(const Did& did, const Found& found) const {
  ICN_TRY_ASSIGN(seed, keys_.open(found.record.sealed, place_of(did, found.public_key)));
  return crypto::SecretKey::from_seed(seed.view());
}

bool NodeCustody::may_act_as(const http::Caller& caller, const Did& did) const {
  if (caller.acts_as(did) || (did == node_did_ && caller.role == http::Role::kOperator)) return true;
  return find_for(caller, did).ok();
}

Result<void> NodeCustody::note_former_owners() {
  ICN_TRY_ASSIGN(noted, kKeptFor.scan(store_, {}));
  ICN_TRY_ASSIGN(first, noted.next());
  if (first) return {};
  storage::RowBuffer rows(store_);
  ICN_TRY_ASSIGN(kept, kCustody.scan(store_, {}));
  while (true) {
    ICN_TRY_ASSIGN(record, kept.next());
    if (!record) break;
    Did did;
    Bytes key;
    if (storage::parse_key(kept.key(), did, key))
      ICN_TRY(kKeptFor.put(rows, {record->owner, did}, {record->created}));
  }
  const std::vector<storage::Row> notes = rows.take();
  return notes.empty() ? Result<void>() : store_.write(notes, storage::Durability::kSynced);
}

std::vector<Did> NodeCustody::kept_for(const http::Caller& caller, std::size_t count_max) const {
  const std::string owner = owner_name(caller);
  std::vector<Did> out;
  if (owner.empty()) return out;
  auto rows = kKeptFor.scan(store_, storage::prefix_range(storage::key_of(owner)));
  while (rows.ok() && out.size() < count_max) {
    const auto row = rows->next();
    if (!row.ok() || !*row) break;
    std::string name;
    Did did;
    if (!storage::parse_key(rows->key(), name, did)) break;
    const auto found = find(did);
    if (found.ok() && *found && (*found)->record.owner == owner) out.push_back(did);
  }
  return out;
}

Result<ledger::Custody::Key> NodeCustody::key_for(const http::Caller& caller, const Did& did) const {
  if (did == node_did_ && caller.role == http::Role::kOperator && !is_gateway_) return node_key();
  ICN_TRY_ASSIGN(found, find_for(caller, did));
  ICN_TRY_ASSIGN(secret, open(did, found));
  return Key{found.id, std::move(secret)};
}

Result<std::vector<crypto::SecretKey>> NodeCustody::all_keys_for(const http::Caller& caller,
                                                                 const Did& did) const {
  ICN_TRY_ASSIGN(current, key_for(caller, did));
  std::vector<crypto::SecretKey> out;
  out.push_back(std::move(current.secret));
  ICN_TRY_ASSIGN(rows, kCustody.scan(store_, storage::prefix_range(storage::key_of(did))));
  while (true) {
    ICN_TRY_ASSIGN(record, rows.next());
    if (!record) return out;
    Did owner;
    Bytes bytes;
    if (!storage::parse_key(rows.key(), owner, bytes))
      return Error(errors::kInternal, "the key of a kept key cannot be read");
    ICN_TRY_ASSIGN(public_key, crypto::PublicKey::from_bytes(bytes));
    if (public_key == out.front().public_key()) continue;
    ICN_TRY_ASSIGN(seed, keys_.open(record->sealed, place_of(did, public_key)));
    out.push_back(crypto::SecretKey::from_seed(seed.view()));
  }
}

NewKey NodeCustody::make_key() {
  crypto::SecretKey secret = crypto::SecretKey::generate(random_);
  const crypto::PublicKey public_key = secret.public_key();
  return {public_key, std::move(secret)};
}

void NodeCustody::keep(const Did& did, const NewKey& key, const std::string& owner, Executor& executor,
                       storage::GroupCommit::Done done) {
  CustodyRecord record;
  record.owner = owner;
  record.sealed = keys_.seal(key.secret.seed().view(), place_of(did, key.public_key));
  record.created = clock_.now_secs();
  storage::RowBuffer rows(store_);
  const auto added = kCustody.insert(rows, {did, to_bytes(key.public_key.view())}, record);
  const auto noted = kKeptFor.put(rows, {owner, did}, {record.created});
  ICN_ASSERT(added.ok() && noted.ok());
  writes_.submit(rows.take(), executor, std::move(done));
}

Result<void> NodeCustody::forget(const Did& did, const crypto::PublicKey& key) {
  ICN_TRY_ASSIGN(forgotten, kCustody.get(store_, {did, to_bytes(key.view())}));
  if (!forgotten) return {};
  storage::StoreSpace space(store_, storage::Durability::kBuffered);
  ICN_TRY(kCustody.erase(space, {did, to_bytes(key.view())}));
  ICN_TRY_ASSIGN(others, kCustody.scan(store_, storage::prefix_range(storage::key_of(did))));
  ICN_TRY_ASSIGN(other, others.next());
  return other ? Result<void>() : kKeptFor.erase(space, {forgotten->owner, did});
}

Result<std::optional<std::string>> NodeCustody::owner(const Did& did) const {
  ICN_TRY_ASSIGN(found, find(did));
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(found->record.owner);
}

Result<std::string> NodeCustody::export_once(const http::Caller& caller, const Did& did) {
  const std::lock_guard lock(export_mutex_);
  ICN_TRY_ASSIGN(found, find_for(caller, did));
  if (found.record.exported) {
    return Error(kKeyExported, "the key of " + did.text() + " was exported at " +
                                   std::to_string(*found.record.exported) + "; a key is shown once");
  }
  ICN_TRY_ASSIGN(secret, open(did, found));
  found.record.exported = clock_.now_secs();
  storage::StoreSpace space(store_, storage::Durability::kSynced);
  ICN_TRY(kCustody.put(space, {did, to_bytes(found.public_key.view())}, found.record));
  return crypto::secret_multikey_text(secret);
}

}  // namespace icn::identity
