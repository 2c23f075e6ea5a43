#include "credentials/tx/change_status.h"

#include <algorithm>

#include "credentials/errors.h"
#include "credentials/operations.h"
#include "credentials/status_pages.h"
#include "identity/tx/change.h"

namespace icn::credentials {
namespace {

Result<CredentialRecord> load(const ledger::View& view, const codec::Cid& cid) {
  ICN_TRY_ASSIGN(record, kCredentials.get(view, cid_key(cid)));
  if (!record) return Error(kCredentialNotFound, "no credential " + cid.to_string() + " was anchored");
  return std::move(*record);
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
  ICN_TRY_ASSIGN(record, load(view, body.cid));
  const Did& sender = context.sender();
  if (record.issuer != sender && std::ranges::find(record.revocable_by, sender) == record.revocable_by.end())
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
  ICN_TRY_ASSIGN(record, load(view, body.cid));
  record.status = status_after(body.change);
  record.reason = body.reason;
  record.changed_at = context.block.time;
  record.changed_by = context.sender();
  ICN_TRY(kCredentials.put(view, cid_key(body.cid), record));
  ICN_TRY(write_status(view, record));
  if (record.status == CredentialStatus::kRevoked) {
    ICN_TRY_ASSIGN(counts, kCredentialCounts.get(view, record.holder));
    if (counts && counts->held > 0) {
      --counts->held;
      ICN_TRY(kCredentialCounts.put(view, record.holder, *counts));
    }
  }
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
