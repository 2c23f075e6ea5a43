#include "identity/history.h"

#include <algorithm>

#include "base/errors.h"
#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/key_proof.h"
#include "identity/tables.h"
#include "identity/tx/change_services.h"
#include "identity/tx/create_did.h"
#include "identity/tx/deactivate_did.h"
#include "identity/tx/rotate_key.h"
#include "ledger/block.h"
#include "ledger/state.h"

namespace icn::identity {
namespace {

Error bad(std::uint64_t version, const std::string& what) {
  return Error(kBadDidHistory, "version " + std::to_string(version) + ": " + what);
}

// A transaction of one of the types here, without the rules of a ledger.
struct Signed {
  ledger::Transaction envelope;
  std::string bytes;  // that were signed
  crypto::Hash hash{};
};

Result<Signed> read_signed(std::string_view network, const codec::Json& json) {
  Signed out;
  ICN_TRY_ASSIGN(envelope, codec::from_json<ledger::Transaction>(json));
  out.envelope = std::move(envelope);
  if (out.envelope.network != network)
    return Error(errors::kMalformed, "is of network \"" + out.envelope.network + "\"");
  out.bytes = ledger::signing_bytes(json);
  out.hash = crypto::sha256(as_bytes(out.bytes));
  return out;
}

Result<DidDocument> first_version(const Signed& made) {
  if (made.envelope.type != "identity.create") return Error(errors::kMalformed, "does not create a DID");
  ICN_TRY_ASSIGN(body, codec::from_json<CreateDid::Body>(made.envelope.body));
  ICN_TRY(CreateDid::check(made.envelope, body));
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.public_key));
  DidDocument out;
  out.id = make_did_icn(body.type, key, body.nonce.bytes);
  out.type = body.type;
  out.version = 1;
  out.keys_made = 1;
  out.keys.push_back({1, {to_bytes(key.view())}, 0});
  out.services = body.services;
  return out;
}

Result<void> check_signed_by(const DidDocument& former, const Signed& change) {
  if (change.envelope.sender != former.id) return Error(errors::kMalformed, "is not sent by the DID");
  const DocumentKey* const held = former.find_key(change.envelope.key);
  if (held == nullptr) return Error(errors::kMalformed, "its key is not one of the version before");
  ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(held->public_key.bytes));
  ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(change.envelope.signature.bytes));
  if (crypto::verify(key, as_bytes(change.bytes), signature)) return {};
  return Error(errors::kMalformed, "its signature does not hold");
}

Result<DidDocument> next_version(const DidDocument& former, const Signed& change) {
  ICN_TRY(check_signed_by(former, change));
  if (former.deactivated) return Error(errors::kMalformed, "comes after the end of the DID");
  DidDocument out = former;
  ++out.version;
  out.previous = document_cid(former);
  const std::string& type = change.envelope.type;
  if (type == "identity.rotate") {
    ICN_TRY_ASSIGN(body, codec::from_json<RotateKey::Body>(change.envelope.body));
    ICN_TRY(RotateKey::check(change.envelope, body));
    ICN_TRY_ASSIGN(key, crypto::read_multikey(body.new_key));
    out.keys.clear();
    out.keys.push_back({++out.keys_made, {to_bytes(key.view())}, 0});
  } else if (type == "identity.services") {
    ICN_TRY_ASSIGN(body, codec::from_json<ChangeServices::Body>(change.envelope.body));
    ICN_TRY_ASSIGN(services, changed_services(former, body));
    out.services = std::move(services);
  } else if (type == "identity.deactivate") {
    out.keys.clear();
    out.services.clear();
    out.deactivated = true;
  } else {
    return Error(errors::kMalformed, "\"" + type + "\" does not change a DID");
  }
  return out;
}

Result<void> use_keys(ledger::View& view, const std::vector<DidDocument>& versions) {
  for (const DidDocument& document : versions) {
    for (const DocumentKey& key : document.keys) {
      const DidKeyBytes use_key{document.id, key.public_key.bytes};
      ICN_TRY_ASSIGN(known, kKeyUses.get(view, use_key));
      if (known && known->number != key.number) return Error(kBadDidHistory, "a key comes twice");
      if (known) continue;
      KeyUse use{key.number, document.version, {}};
      for (const DidDocument& later : versions) {
        const bool has = std::ranges::find(later.keys, key.number, &DocumentKey::number) != later.keys.end();
        if (later.version > document.version && !has && !use.retired_version)
          use.retired_version = later.version;
      }
      ICN_TRY(kKeyUses.put(view, use_key, use));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<DidDocument>> rebuild_versions(std::string_view network,
                                                  const std::vector<PastChange>& changes) {
  if (changes.empty()) return Error(kBadDidHistory, "a history has at least one version");
  std::vector<DidDocument> out;
  for (const PastChange& each : changes) {
    const std::uint64_t version = out.size() + 1;
    const auto change = read_signed(network, each.transaction);
    if (!change.ok()) return bad(version, change.error().detail());
    auto made = out.empty() ? first_version(*change) : next_version(out.back(), *change);
    if (!made.ok()) return bad(version, made.error().detail());
    if (!out.empty() && (each.at < out.back().updated || each.height < out.back().height))
      return bad(version, "is older than the one before");
    made->updated = each.at;
    made->height = each.height;
    if (out.empty()) made->created = each.at;
    if (out.empty() || change->envelope.type == "identity.rotate") made->keys.back().created = each.at;
    made->transaction.bytes = to_bytes(change->hash);
    made->signed_by = change->envelope.key;
    out.push_back(std::move(*made));
  }
  return out;
}

Result<bool> bring_versions(ledger::View& view, const std::vector<DidDocument>& versions) {
  const DidDocument& newest = versions.back();
  ICN_TRY_ASSIGN(is_known, kDocuments.contains(view, newest.id));
  if (is_known) return false;
  ICN_TRY(use_keys(view, versions));
  for (std::size_t i = 0; i + 1 < versions.size(); ++i)
    ICN_TRY(kFormerVersions.put(view, {newest.id, versions[i].version}, versions[i]));
  ICN_TRY(kDocuments.put(view, newest.id, newest));
  ICN_TRY_ASSIGN(stored, kCounts.get(view, "dids"));
  IdentityCounts counts = stored.value_or(IdentityCounts{});
  ++counts.dids;
  if (newest.deactivated) ++counts.deactivated;
  ICN_TRY(kCounts.put(view, "dids", counts));
  return true;
}

Result<std::vector<PastChange>> past_changes(const ledger::Reader& store, const Did& did) {
  std::vector<PastChange> out;
  ICN_TRY_ASSIGN(newest, kDocuments.get(store, did));
  for (std::uint64_t version = 1; newest && version <= newest->version; ++version) {
    std::optional<DidDocument> document = newest;
    if (version < newest->version) {
      ICN_TRY_ASSIGN(former, kFormerVersions.get(store, {did, version}));
      document = std::move(former);
    }
    if (!document)
      return Error(kBadDidHistory, did.text() + ": version " + std::to_string(version) + " is missing");
    ICN_TRY_ASSIGN(place, ledger::kTransactionPlaces.get(store, document->transaction.bytes));
    std::optional<ledger::BlockBody> body;
    if (place) {
      ICN_TRY_ASSIGN(found, ledger::kBodies.get(store, place->height));
      body = std::move(found);
    }
    if (!body || place->index >= body->transactions.size())
      return Error(kBadDidHistory,
                   did.text() + ": the block of version " + std::to_string(version) + " is missing");
    const ledger::StoredTransaction& stored = body->transactions[place->index];
    ICN_TRY_ASSIGN(json, codec::parse_json(stored.canonical));
    json.set("signature", hex_encode(stored.signature));
    out.push_back({std::move(json), document->updated, document->height});
  }
  return out;
}

}  // namespace icn::identity
