#include "credentials/pauses.h"

#include "credentials/errors.h"
#include "credentials/operations.h"
#include "credentials/status_pages.h"
#include "ledger/state.h"

namespace icn::credentials {
namespace {

Result<void> write(ledger::View& view, const CredentialRecord& record, std::vector<ledger::Event>& events) {
  ICN_TRY(kCredentials.put(view, credential_key(record), record));
  ICN_TRY(write_status(view, record));
  const codec::Json data = codec::Json::object(
      {{"cid", record.cid.to_string()}, {"status", codec::enum_name(shown_status(record))}});
  events.push_back({std::string(kCredentialStatusChanged), codec::write_json(data)});
  return {};
}

}  // namespace

// Neither of the two holds a space.
std::string pause_id(const CredentialRecord& record) {
  return record.cid.to_string() + " " + record.issuer.text();
}

Result<void> check_may_pause(const CredentialRecord& record) {
  if (record.status == CredentialStatus::kRevoked) return Error(kAlreadyRevoked);
  if (is_paused(record)) return Error(kWrongStatus, "it is paused by proposal " + record.paused_by);
  return {};
}

Result<void> pause_credential(const ledger::BlockContext& block, ledger::View& view, CredentialRecord record,
                              std::uint64_t until_secs, const std::string& proposal_id,
                              std::vector<ledger::Event>& events) {
  ICN_TRY(check_may_pause(record));
  record.paused_until_secs = until_secs;
  record.paused_by = proposal_id;
  ICN_TRY(ledger::schedule(view, block, until_secs, kPauseDue, pause_id(record)));
  return write(view, record, events);
}

Result<TimestampSecs> pause_ends_at(const ledger::Reader& state, const CredentialRecord& record) {
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(state, "clock"));
  return record.paused_until_secs + (clock ? clock->standstill_secs : 0);
}

Result<void> run_pause_due(const ledger::BlockContext&, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>& events) {
  const std::size_t space = id.find(' ');
  const auto cid = codec::Cid::parse(id.substr(0, space));
  if (space == std::string::npos || !cid.ok())
    return Error(errors::kInternal, "a pause names no credential: " + id);
  ICN_TRY_ASSIGN(record, kCredentials.get(view, {cid_key(*cid), Did(id.substr(space + 1))}));
  if (!record) return Error(errors::kInternal, "a pause is of no credential: " + id);
  record->paused_until_secs = 0;
  record->paused_by.clear();
  return write(view, *record, events);
}

}  // namespace icn::credentials
