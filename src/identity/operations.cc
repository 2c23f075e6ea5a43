#include "identity/operations.h"

#include "identity/control.h"
#include "identity/guardianship.h"
#include "identity/tables.h"
#include "ledger/departure.h"

namespace icn::identity {
namespace {

using ledger::View;

Error broken(const DidDocument& document, std::string_view what) {
  return Error(errors::kInternal, document.id.text() + " version " + std::to_string(document.version) + ": " +
                                      std::string(what));
}

Result<void> check_first(const DidDocument& document) {
  if (document.version != 1) return broken(document, "the first version must be 1");
  if (!document.previous.empty()) return broken(document, "the first version links to nothing");
  if (document.deactivated) return broken(document, "a DID cannot begin deactivated");
  return {};
}

Result<void> check_next(const View& view, const DidDocument& before, const DidDocument& after) {
  if (after.version != before.version + 1) return broken(after, "versions must rise by 1");
  if (before.deactivated) return broken(after, "nothing comes after deactivation");
  if (after.id != before.id || after.created != before.created || after.type != before.type) {
    return broken(after, "id, type and time of creation must stay");
  }
  if (after.updated < before.updated) return broken(after, "time must not go back");
  if (after.previous != document_cid(before)) return broken(after, "it must link to the version before");
  ICN_TRY_ASSIGN(kept, kFormerVersions.get(view, {before.id, before.version}));
  if (!kept || codec::encode_record(*kept) != codec::encode_record(before)) {
    return broken(after, "the version before must be kept");
  }
  return {};
}

// A DID that another ledger made comes with all its versions at once.
Result<void> check_brought(const View& view, DidDocument document) {
  while (document.version > 1) {
    ICN_TRY_ASSIGN(former, kFormerVersions.get(view, {document.id, document.version - 1}));
    if (!former) return broken(document, "the version before must be kept");
    ICN_TRY(check_next(view, *former, document));
    document = std::move(*former);
  }
  return check_first(document);
}

Result<void> versions_hold(const View& view, View::Savepoint savepoint) {
  std::int64_t made = 0;
  ICN_TRY(view.changes_since(
      savepoint, kDocuments.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) {
          --made;
          return ledger::check_may_go(view, savepoint, "a DID must not disappear");
        }
        ICN_TRY_ASSIGN(newer, codec::decode_record<DidDocument>(*after));
        if (!before) {
          ++made;
          return check_brought(view, std::move(newer));
        }
        ICN_TRY_ASSIGN(older, codec::decode_record<DidDocument>(*before));
        return check_next(view, older, newer);
      }));
  std::int64_t counted = 0;
  ICN_TRY(view.changes_since(
      savepoint, kCounts.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        for (const auto& [record, sign] : {std::pair(before, -1), std::pair(after, 1)}) {
          if (!record) continue;
          ICN_TRY_ASSIGN(counts, codec::decode_record<IdentityCounts>(*record));
          counted += sign * static_cast<std::int64_t>(counts.dids);
        }
        return {};
      }));
  if (counted != made) return Error(errors::kInternal, "the count of DIDs is wrong");
  return {};
}

Result<void> check_keys(const DidDocument& document, std::uint32_t made_before) {
  std::uint32_t last = 0;
  for (const DocumentKey& key : document.keys) {
    if (key.number <= last) return broken(document, "numbers of keys must rise");
    if (key.number > document.keys_made) return broken(document, "a key has a number that was not given out");
    last = key.number;
  }
  if (document.keys_made < made_before) return broken(document, "numbers of keys must not be given again");
  if (document.deactivated != document.keys.empty()) {
    return broken(document, "a DID has no keys exactly when it is deactivated");
  }
  return {};
}

Result<void> keys_hold(const View& view, View::Savepoint savepoint) {
  ICN_TRY(view.changes_since(
      savepoint, kDocuments.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) return {};
        ICN_TRY_ASSIGN(newer, codec::decode_record<DidDocument>(*after));
        std::uint32_t made_before = 0;
        if (before) {
          ICN_TRY_ASSIGN(older, codec::decode_record<DidDocument>(*before));
          made_before = older.keys_made;
          // A key that was there stays the same; one that was not has a new number.
          for (const DocumentKey& key : newer.keys) {
            const DocumentKey* held = older.find_key(icn_key_id(newer.id, key.number));
            const bool is_new = key.number > older.keys_made;
            if (is_new == (held != nullptr) || (held && held->public_key != key.public_key)) {
              return broken(newer, "a key came back or changed under its number");
            }
          }
        }
        return check_keys(newer, made_before);
      }));
  return view.changes_since(
      savepoint, kKeyUses.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) return ledger::check_may_go(view, savepoint, "the use of a key must not be forgotten");
        if (!before) return {};
        ICN_TRY_ASSIGN(older, codec::decode_record<KeyUse>(*before));
        ICN_TRY_ASSIGN(newer, codec::decode_record<KeyUse>(*after));
        if (older.number == newer.number && !older.retired_version && newer.retired_version) return {};
        return Error(errors::kInternal, "the use of a key changed otherwise than by its retirement");
      });
}

}  // namespace

std::vector<storage::TableSchema> tables() {
  return storage::TableSet(kDocuments, kFormerVersions, kKeyUses, kOperations, kCounts, kControllers,
                           kGuardianships, kRecoveries)
      .schemas();
}

std::vector<storage::TableSchema> node_tables() { return storage::TableSet(kCustody, kKeptFor).schemas(); }

std::vector<ledger::Invariant> invariants() {
  return {{"identity.versions", &versions_hold}, {"identity.keys", &keys_hold}};
}

}  // namespace icn::identity
