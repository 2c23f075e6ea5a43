#pragma once

#include <string_view>

#include "identity/document.h"
#include "ledger/context.h"
#include "ledger/view.h"

// What the identity transactions share.
namespace icn::identity {

// The answer of every one of them.
struct ChangeOutput {
  Did did;
  std::uint64_t version = 0;
  codec::Cid cid;            // of the new version
  std::optional<KeyId> key;  // the new key, where there is one
  static constexpr std::string_view schema_name = "DidChange";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &ChangeOutput::did),
                     field("version", &ChangeOutput::version, "1 is the first"),
                     field("cid", &ChangeOutput::cid, "of the new version"),
                     field("key", &ChangeOutput::key, "id of the new key, where there is one"));
  }
};

// did_cannot_change: the sender is a did:key.
Result<void> check_can_change(const Did& sender);

// The newest version of the sender's own document.
//   did_not_found, did_deactivated
Result<DidDocument> load_own_document(const ledger::ApplyContext& context, const ledger::View& view);

// The newest version of any DID's document.   did_not_found, did_deactivated
Result<DidDocument> load_document(const ledger::View& view, const Did& did);

// Burns the fee from the sender. Free for the network's operator and for who has no account. exceeds_balance
Result<void> charge_fee(const ledger::ApplyContext& context, ledger::View& view, std::int64_t fee_millimana,
                        std::string_view reason, const Did& did);

// too_many_identity_operations   the sender, unless it is the network's operator, reached the hour's limit
Result<void> check_operation_limit(const ledger::ApplyContext& context, const ledger::View& view);
Result<void> count_operation(const ledger::ApplyContext& context, ledger::View& view);

// Adds a key to `document` under the next number. key_used_before
Result<KeyId> add_key(const ledger::BlockContext& block, ledger::View& view, DidDocument& document,
                      const crypto::PublicKey& key);
// Takes all keys out of `document`.
Result<void> retire_keys(ledger::View& view, DidDocument& document);

// Writes version 1.
Result<ChangeOutput> write_first_version(const ledger::ApplyContext& context, ledger::View& view,
                                         DidDocument document);
// Writes `changed` as the version after `former`. What both share (id, links, times) is set here.
Result<ChangeOutput> write_next_version(const ledger::ApplyContext& context, ledger::View& view,
                                        const DidDocument& former, DidDocument changed);

// What stands behind a version: the transaction that made it, and who signed that.
struct MadeBy {
  const ledger::BlockContext& block;
  std::vector<ledger::Event>& events;
  Bytes transaction;
  KeyId signed_by;
};
// The same for a version that comes by itself.
Result<ChangeOutput> write_next_version(const MadeBy& made_by, ledger::View& view, const DidDocument& former,
                                        DidDocument changed);
// Writes the version that has `key` in place of the keys of `former`.
Result<ChangeOutput> write_with_key(const MadeBy& made_by, ledger::View& view, const DidDocument& former,
                                    const crypto::PublicKey& key);
Result<ChangeOutput> write_with_key(const ledger::ApplyContext& context, ledger::View& view,
                                    const DidDocument& former, const crypto::PublicKey& key);

}  // namespace icn::identity
