#include "credentials/tx/anchor_disclosure.h"

#include "credentials/errors.h"
#include "credentials/lookup.h"
#include "identity/did.h"
#include "identity/tx/change.h"

namespace icn::credentials {

namespace {

Result<CredentialRecord> load(const ledger::ApplyContext& context, const AnchorDisclosure::Body& body,
                              const ledger::View& view) {
  return load_credential(view, body.credential_cid, body.issuer,
                         [&](const CredentialRecord& each) { return each.holder == context.sender(); });
}

}  // namespace

Result<void> AnchorDisclosure::check(const ledger::Transaction&, const Body& body) {
  if (body.credential_cid.empty()) return Error(errors::kMalformed, "credential_cid: is empty");
  if (body.disclosure_cid.empty()) return Error(errors::kMalformed, "disclosure_cid: is empty");
  if (auto did = identity::parse_did(body.verifier.text()); !did.ok()) return did.error().within("verifier");
  return {};
}

Result<void> AnchorDisclosure::precheck(const ledger::ApplyContext& context, const Body& body,
                                        const ledger::View& view) {
  ICN_TRY_ASSIGN(record, load(context, body, view));
  if (record.holder != context.sender()) return Error(kNotHolder, "its holder is " + record.holder.text());
  if (record.status == CredentialStatus::kRevoked) return Error(kAlreadyRevoked);
  if (record.status == CredentialStatus::kSuspended) return Error(kWrongStatus, "it is suspended");
  if (is_paused(record)) return Error(kWrongStatus, "it is paused by proposal " + record.paused_by);
  if (record.expires_at <= context.block.time) return Error(kExpired);
  if (record.usage_limit && record.usage_count >= *record.usage_limit)
    return Error(kUsedUp, "it was used " + std::to_string(record.usage_count) + " times");
  ICN_TRY_ASSIGN(known,
                 kDisclosures.contains(view, {cid_key(body.credential_cid), cid_key(body.disclosure_cid)}));
  if (known) return Error(kDisclosureExists);
  return identity::check_operation_limit(context, view);
}

Result<AnchorDisclosure::Output> AnchorDisclosure::apply(const ledger::ApplyContext& context,
                                                         const Body& body, ledger::View& view) {
  ICN_TRY(identity::count_operation(context, view));
  ICN_TRY_ASSIGN(record, load(context, body, view));
  ++record.usage_count;
  ICN_TRY(kCredentials.put(view, credential_key(record), record));
  ICN_TRY(kDisclosures.put(view, {cid_key(body.credential_cid), cid_key(body.disclosure_cid)},
                           {body.disclosure_cid, body.verifier, context.block.time}));
  return Output{body.disclosure_cid, context.block.time, record.usage_count};
}

}  // namespace icn::credentials
