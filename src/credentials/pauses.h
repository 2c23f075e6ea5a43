#pragma once

#include "credentials/tables.h"
#include "ledger/due.h"

// A credential that a scope paused by a vote (governance/credential_actions.h): for a while it is as good as
// suspended, whatever its issuer says. The pause lies over the issuer's own status and ends by itself; what
// is revoked meanwhile stays revoked. Thread: the ledger's writer, but for what takes a Reader.
// Source: domain.md 4, PauseCredential.
namespace icn::credentials {

inline constexpr std::string_view kPauseDue = "credential.pause_end";
// The id of its due row.
std::string pause_id(const CredentialRecord& record);

// already_revoked; wrong_status: it is paused
Result<void> check_may_pause(const CredentialRecord& record);
// Until `until_secs` (running time) by `proposal_id`. Errors: those of check_may_pause().
Result<void> pause_credential(const ledger::BlockContext& block, ledger::View& view, CredentialRecord record,
                              std::uint64_t until_secs, const std::string& proposal_id,
                              std::vector<ledger::Event>& events);

// When a pause ends, in Unix seconds, if the network does not stand still.
Result<TimestampSecs> pause_ends_at(const ledger::Reader& state, const CredentialRecord& record);

// The run() of the due row.
Result<void> run_pause_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>& events);

}  // namespace icn::credentials
