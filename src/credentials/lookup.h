#pragma once

#include <functional>

#include "credentials/tables.h"

// Credentials by their CID.
namespace icn::credentials {

// The credential `cid` of `issuer`. Without one, the only credential of that CID that `fits`, or when none
// does, the only one there is.
//   credential_not_found; several_issuers: which one is meant cannot be told
Result<CredentialRecord> load_credential(const ledger::Reader& state, const codec::Cid& cid,
                                         const std::optional<Did>& issuer,
                                         const std::function<bool(const CredentialRecord&)>& fits = {});

// Whether `did` may change the status of a credential.
bool may_revoke(const CredentialRecord& record, const Did& did);

}  // namespace icn::credentials
