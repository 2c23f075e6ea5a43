#pragma once

#include "economics/books.h"

namespace icn::economics {

// Whether `did` can be the DID of an account: a did:key or did:icn in full. I001, unsupported_did_method
Result<void> check_account_did(const Did& did);

// A did:icn without an account must be on the ledger: mana sent to a misspelt one would be lost.
// did_not_found
Result<void> check_recipient(Books& books, const ledger::View& view, const Did& did);

}  // namespace icn::economics
