#pragma once

#include "credentials/tables.h"
#include "ledger/view.h"

// How many credentials a DID holds. What is revoked or has expired counts no more.
namespace icn::credentials {

// too_many_credentials: `holder` has as many as there may be that are valid at `now`.
Result<void> check_may_hold(const ledger::Reader& state, const Did& holder, TimestampSecs now);

// Counts `record` among those of its holder, and some that expired no more.
Result<void> add_holding(ledger::View& view, const CredentialRecord& record, TimestampSecs now);

// Counts it no more, unless that was done already.
Result<void> drop_holding(ledger::View& view, const CredentialRecord& record);

}  // namespace icn::credentials
