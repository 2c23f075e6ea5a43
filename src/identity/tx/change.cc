#include "identity/tx/change.h"

#include "identity/errors.h"
#include "identity/operations.h"
#include "identity/tables.h"
#include "ledger/state.h"

namespace icn::identity {
namespace {

Result<bool> is_operator(const ledger::ApplyContext& context, const ledger::View& view) {
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  return network && network->operator_did == context.sender();
}

bool is_over(const ledger::ApplyContext& context, const OperationCount& window) {
  return context.block.time >= window.since_secs + kOperationWindowSecs;
}

// Each new window takes away two old ones: the table cannot grow beyond what one hour brings.
Result<void> clear_old_counts(const ledger::ApplyContext& context, ledger::View& view) {
  if (context.block.time < kOperationWindowSecs) return {};
  const std::uint64_t begun_before = context.block.time - kOperationWindowSecs + 1;
  std::vector<Did> old;
  {
    ICN_TRY_ASSIGN(rows, kOperations.scan(view, {0, {}, storage::key_of(begun_before), false}));
    while (old.size() < 2) {
      ICN_TRY_ASSIGN(row, rows.next());
      if (!row) break;
      old.push_back(row->did);
    }
  }
  for (const Did& did : old) ICN_TRY(kOperations.erase(view, did));
  return {};
}

void announce(std::vector<ledger::Event>& events, const DidDocument& document) {
  const codec::Json data = codec::Json::object(
      {{"did", document.id.text()}, {"version", document.version}, {"deactivated", document.deactivated}});
  events.push_back({std::string(kDidChanged), codec::write_json(data)});
}

void stamp(const MadeBy& made_by, DidDocument& document) {
  document.updated = made_by.block.time;
  document.height = made_by.block.height;
  document.transaction.bytes = made_by.transaction;
  document.signed_by = made_by.signed_by;
}

MadeBy maker_of(const ledger::ApplyContext& context) {
  return {context.block, context.events, to_bytes(context.transaction.hash()),
          context.transaction.envelope().key};
}

Result<ChangeOutput> store(std::vector<ledger::Event>& events, ledger::View& view,
                           const DidDocument& document) {
  ICN_TRY(kDocuments.put(view, document.id, document));
  announce(events, document);
  return ChangeOutput{document.id, document.version, document_cid(document), {}};
}

}  // namespace

Result<void> check_can_change(const Did& sender) {
  if (is_did_icn(sender.text())) return {};
  return Error(kCannotChange,
               sender.text().substr(0, 200) + " cannot change: it is its key; only a did:icn can");
}

Result<DidDocument> load_own_document(const ledger::ApplyContext& context, const ledger::View& view) {
  return load_document(view, context.sender());
}

Result<DidDocument> load_document(const ledger::View& view, const Did& did) {
  ICN_TRY_ASSIGN(document, kDocuments.get(view, did));
  if (!document) return Error(kDidNotFound, "the ledger has no " + did.text());
  if (document->deactivated) return Error(kDidDeactivated, did.text() + " was deactivated for ever");
  return std::move(*document);
}

Result<void> charge_fee(const ledger::ApplyContext& context, ledger::View& view, std::int64_t fee_millimana,
                        std::string_view reason, const Did& did) {
  if (fee_millimana == 0) return {};
  ICN_TRY_ASSIGN(is_free, is_operator(context, view));
  if (is_free) return {};
  ICN_TRY_ASSIGN(has_account, context.economy.has_account(view, context.sender()));
  if (!has_account) return {};
  return context.economy.burn_fee(context.block, view, context.sender(), Millimana{fee_millimana}, reason,
                                  did.text());
}

Result<void> check_operation_limit(const ledger::ApplyContext& context, const ledger::View& view) {
  ICN_TRY_ASSIGN(count, kOperations.get(view, context.sender()));
  const auto limit = context.parameters().identity_operations_per_hour;
  if (!count || is_over(context, *count) || count->count < static_cast<std::uint64_t>(limit)) return {};
  ICN_TRY_ASSIGN(is_free, is_operator(context, view));
  if (is_free) return {};
  return Error(kTooManyOperations, context.sender().text() + " changed DIDs " + std::to_string(count->count) +
                                       " times within the hour; allowed are " + std::to_string(limit));
}

Result<void> count_operation(const ledger::ApplyContext& context, ledger::View& view) {
  const Did& sender = context.sender();
  ICN_TRY_ASSIGN(count, kOperations.get(view, sender));
  if (count && !is_over(context, *count)) {
    ++count->count;
    return kOperations.put(view, sender, *count);
  }
  ICN_TRY(clear_old_counts(context, view));
  return kOperations.put(view, sender, {sender, context.block.time, 1});
}

Result<KeyId> add_key(const ledger::BlockContext& block, ledger::View& view, DidDocument& document,
                      const crypto::PublicKey& key) {
  const DidKeyBytes use_key{document.id, to_bytes(key.view())};
  ICN_TRY_ASSIGN(is_used, kKeyUses.contains(view, use_key));
  if (is_used) return Error(kKeyUsedBefore, document.id.text() + " has or had this key; make a new one");
  const std::uint32_t number = ++document.keys_made;
  document.keys.push_back({number, {to_bytes(key.view())}, block.time});
  ICN_TRY(kKeyUses.put(view, use_key, {number, document.version + 1, {}}));
  return icn_key_id(document.id, number);
}

Result<void> retire_keys(ledger::View& view, DidDocument& document) {
  for (const DocumentKey& key : document.keys) {
    const DidKeyBytes use_key{document.id, key.public_key.bytes};
    ICN_TRY_ASSIGN(use, kKeyUses.get(view, use_key));
    ICN_ASSERT(use.has_value());
    use->retired_version = document.version + 1;
    ICN_TRY(kKeyUses.put(view, use_key, *use));
  }
  document.keys.clear();
  return {};
}

Result<ChangeOutput> write_first_version(const ledger::ApplyContext& context, ledger::View& view,
                                         DidDocument document) {
  document.version = 1;
  document.created = context.block.time;
  stamp(maker_of(context), document);
  ICN_TRY_ASSIGN(counts, kCounts.get(view, "dids"));
  IdentityCounts next = counts.value_or(IdentityCounts{});
  ++next.dids;
  ICN_TRY(kCounts.put(view, "dids", next));
  return store(context.events, view, document);
}

Result<ChangeOutput> write_next_version(const ledger::ApplyContext& context, ledger::View& view,
                                        const DidDocument& former, DidDocument changed) {
  return write_next_version(maker_of(context), view, former, std::move(changed));
}

Result<ChangeOutput> write_with_key(const ledger::ApplyContext& context, ledger::View& view,
                                    const DidDocument& former, const crypto::PublicKey& key) {
  return write_with_key(maker_of(context), view, former, key);
}

Result<ChangeOutput> write_with_key(const MadeBy& made_by, ledger::View& view, const DidDocument& former,
                                    const crypto::PublicKey& key) {
  DidDocument changed = former;
  ICN_TRY(retire_keys(view, changed));
  ICN_TRY_ASSIGN(key_id, add_key(made_by.block, view, changed, key));
  ICN_TRY_ASSIGN(output, write_next_version(made_by, view, former, std::move(changed)));
  output.key = key_id;
  return std::move(output);
}

Result<ChangeOutput> write_next_version(const MadeBy& made_by, ledger::View& view, const DidDocument& former,
                                        DidDocument changed) {
  ICN_TRY(kFormerVersions.put(view, {former.id, former.version}, former));
  changed.version = former.version + 1;
  changed.previous = document_cid(former);
  stamp(made_by, changed);
  return store(made_by.events, view, changed);
}

}  // namespace icn::identity
