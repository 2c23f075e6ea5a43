#include "credentials/tx/change_status.h"

#include "credentials/errors.h"
#include "credentials/holdings.h"
#include "credentials/lookup.h"
#include "credentials/operations.h"
#include "credentials/status_pages.h"
#include "identity/tx/change.h"

namespace icn::credentials {
namespace {

Result<CredentialRecord> load(const ledger::ApplyContext& context, const ChangeCredentialStatus::Body& body,
                              const ledger::View& view) {
  return load_credential(view, body.cid, body.issuer,
                         [&](const CredentialRecord& each) { return may_revoke(each, context.sender()); });
}

CredentialStatus status_after(StatusChange change) {
  switch (change) {
    case StatusChange::kRevoke:
      return CredentialStatus::kRevoked;
    case StatusChange::kSuspend:
      return CredentialStatus::kSuspended;
    case StatusChange::kLift:
      break;
  }
  return CredentialStatus::kActive;
}

}  // namespace

Result<void> ChangeCredentialStatus::check(const ledger::Transaction&, const Body& body) {
  if (body.cid.empty()) return Error(errors::kMalformed, "cid: is empty");
  if (body.reason.empty()) return Error(errors::kMalformed, "reason: is required");
  return {};
}

Result<void> ChangeCredentialStatus::precheck(const ledger::ApplyContext& context, const Body& body,
                                              const ledger::View& view) {
  ICN_TRY_ASSIGN(record, load(context, body, view));
  const Did& sender = context.sender();
  if (!may_revoke(record, sender))
    return Error(kNotRevocableBy, sender.text() + " is neither its issuer nor named in revocable_by");
  if (record.status == CredentialStatus::kRevoked) return Error(kAlreadyRevoked);
  const bool is_suspended = record.status == CredentialStatus::kSuspended;
  if (body.change == StatusChange::kSuspend && is_suspended)
    return Error(kWrongStatus, "it is suspended already");
  if (body.change == StatusChange::kLift && !is_suspended) return Error(kWrongStatus, "it is not suspended");
  return identity::check_operation_limit(context, view);
}

Result<ChangeCredentialStatus::Output> ChangeCredentialStatus::apply(const ledger::ApplyContext& context,
                                                                     const Body& body, ledger::View& view) {
  ICN_TRY(identity::count_operation(context, view));
  ICN_TRY_ASSIGN(record, load(context, body, view));
  record.status = status_after(body.change);
  record.reason = body.reason;
  record.changed_at = context.block.time;
  record.changed_by = context.sender();
  ICN_TRY(kCredentials.put(view, credential_key(record), record));
  ICN_TRY(write_status(view, record));
  if (record.status == CredentialStatus::kRevoked) ICN_TRY(drop_holding(view, record));
  const codec::Json data =
      codec::Json::object({{"cid", body.cid.to_string()}, {"status", codec::enum_name(record.status)}});
  context.events.push_back({std::string(kCredentialStatusChanged), codec::write_json(data)});
  return Output{body.cid,
                record.status,
                record.status == CredentialStatus::kRevoked,
                record.status == CredentialStatus::kSuspended,
                body.reason,
                context.block.time};
}

}  // namespace icn::credentials
