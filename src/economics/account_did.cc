#include "economics/account_did.h"

#include "identity/did.h"
#include "identity/errors.h"
#include "identity/tables.h"

namespace icn::economics {

Result<void> check_account_did(const Did& did) {
  ICN_TRY(identity::parse_did(did.text()));
  return {};
}

Result<void> check_recipient(Books& books, const ledger::View& view, const Did& did) {
  if (!identity::is_did_icn(did.text())) return {};
  ICN_TRY_ASSIGN(account, books.find(did));
  if (account != nullptr) return {};
  ICN_TRY_ASSIGN(exists, identity::kDocuments.contains(view, did));
  if (!exists) return Error(identity::kDidNotFound, did.text() + " is not on the ledger");
  return {};
}

}  // namespace icn::economics
