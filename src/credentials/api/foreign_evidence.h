#pragma once

#include <functional>

#include "credentials/api/context.h"

namespace icn::credentials::api {

// Reads from the web what `value`, a credential or presentation, needs to be judged and `given` does not
// hold: documents of did:web issuers and holders, status lists (but the places that the ledger answers for)
// and schemas. What cannot be had is noted in `given` with the reason; for callers without credentials
// nothing is read. Calls `done` once, on `executor`, which must be the current one.
inline constexpr std::size_t kForeignDocumentsMax = 16;  // for one request; the rest is not had
inline constexpr std::size_t kForeignListBytesMax = 1 << 20;
using ForeignDone = std::function<void(Result<OfflineEvidence> given)>;
void gather_foreign(const Api& api, const http::Caller& caller, const codec::Json& value,
                    OfflineEvidence given, Executor& executor, ForeignDone done);

}  // namespace icn::credentials::api
