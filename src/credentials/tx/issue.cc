#include "credentials/tx/issue.h"

#include <algorithm>

#include "credentials/claim_schema.h"
#include "credentials/errors.h"
#include "credentials/holdings.h"
#include "credentials/operations.h"
#include "credentials/status_pages.h"
#include "identity/errors.h"
#include "identity/tables.h"
#include "identity/tx/change.h"

namespace icn::credentials {
namespace {

Result<void> check_holder_lives(const ledger::View& view, const Did& holder) {
  if (!identity::is_did_icn(holder.text())) return {};
  ICN_TRY_ASSIGN(document, identity::kDocuments.get(view, holder));
  if (!document) return Error(identity::kDidNotFound, "holder: the ledger has no " + holder.text());
  if (document->deactivated)
    return Error(identity::kDidDeactivated, "holder: " + holder.text() + " was deactivated");
  return {};
}

Result<void> check_place(const ledger::ApplyContext& context, const IssueCredential::Body& body,
                         const ledger::View& view) {
  ICN_TRY_ASSIGN(counts, kCredentialCounts.get(view, context.sender()));
  const std::uint32_t open = open_list(counts ? counts->issued : 0);
  if (body.list > open) return Error(kBadCredential, "list: the issuer's newest is " + std::to_string(open));
  ICN_TRY_ASSIGN(taken, is_taken(view, context.sender(), body.list, body.index));
  if (taken) return Error(kStatusIndexTaken, "index: place " + std::to_string(body.index) + " is taken");
  return {};
}

Result<void> count_issued(ledger::View& view, const Did& issuer) {
  ICN_TRY_ASSIGN(counts, kCredentialCounts.get(view, issuer));
  CredentialCounts now = counts.value_or(CredentialCounts{});
  ++now.issued;
  return kCredentialCounts.put(view, issuer, now);
}

}  // namespace

Result<void> check_may_issue(const ledger::Reader& state, const Did& issuer, const std::string& schema) {
  if (schema.empty() || find_standard_schema(schema) != nullptr) return {};
  ICN_TRY_ASSIGN(known, kSchemas.get(state, schema));
  if (!known) return Error(kSchemaNotFound, "the ledger has no schema " + schema.substr(0, 120));
  if (known->issuers.empty() || std::ranges::find(known->issuers, issuer) != known->issuers.end()) return {};
  return Error(kNotAuthorised, issuer.text() + " is none of those who may issue under " + schema);
}

Result<void> IssueCredential::check(const ledger::Transaction&, const Body& body) {
  if (body.cid.empty() || body.cid.version() != 1 || body.cid.codec() != codec::kRaw)
    return Error(kBadCredential, "cid: must be a CIDv1 of raw bytes");
  if (!std::ranges::all_of(body.type, [](char c) { return c > 0x20 && c < 0x7f; }))
    return Error(kBadCredential, "type: must be printable ASCII without spaces");
  if (auto did = identity::parse_did(body.holder.text()); !did.ok()) return did.error().within("holder");
  for (const Did& each : body.revocable_by) {
    if (auto did = identity::parse_did(each.text()); !did.ok()) return did.error().within("revocable_by");
  }
  return {};
}

Result<void> IssueCredential::precheck(const ledger::ApplyContext& context, const Body& body,
                                       const ledger::View& view) {
  if (body.expires_at <= context.block.time) return Error(kBadCredential, "expires_at: lies in the past");
  ICN_TRY(check_holder_lives(view, body.holder));
  ICN_TRY(check_may_issue(view, context.sender(), body.schema));
  ICN_TRY_ASSIGN(known, kCredentials.contains(view, {cid_key(body.cid), context.sender()}));
  if (known) return Error(kCredentialExists, body.cid.to_string() + " was issued already");
  ICN_TRY(check_place(context, body, view));
  ICN_TRY(check_may_hold(view, body.holder, context.block.time));
  return identity::check_operation_limit(context, view);
}

Result<IssueCredential::Output> IssueCredential::apply(const ledger::ApplyContext& context, const Body& body,
                                                       ledger::View& view) {
  const Did& issuer = context.sender();
  if (const Millimana fee{context.parameters().identity_credential_fee}; fee.value > 0) {
    ICN_TRY(
        context.economy.burn_fee(context.block, view, issuer, fee, "credential.issue", body.cid.to_string()));
  }
  ICN_TRY(identity::count_operation(context, view));
  CredentialRecord record;
  record.cid = body.cid;
  record.issuer = issuer;
  record.holder = body.holder;
  record.type = body.type;
  record.schema = body.schema;
  record.issued_at = record.changed_at = context.block.time;
  record.expires_at = body.expires_at;
  record.list = body.list;
  record.index = body.index;
  record.changed_by = issuer;
  record.revocable_by = body.revocable_by;
  record.usage_limit = body.usage_limit;
  record.stored = body.stored.value_or(codec::Cid());
  ICN_TRY(kCredentials.put(view, credential_key(record), record));
  ICN_TRY(write_status(view, record));
  ICN_TRY(count_issued(view, issuer));
  ICN_TRY(add_holding(view, record, context.block.time));
  const codec::Json data = codec::Json::object({{"cid", body.cid.to_string()},
                                                {"issuer", issuer.text()},
                                                {"holder", body.holder.text()},
                                                {"type", body.type}});
  context.events.push_back({std::string(kCredentialIssued), codec::write_json(data)});
  return Output{body.cid, context.block.time};
}

}  // namespace icn::credentials
