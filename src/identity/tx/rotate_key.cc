#include "identity/tx/rotate_key.h"

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/key_proof.h"
#include "identity/tables.h"

namespace icn::identity {

Result<void> RotateKey::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_can_change(transaction.sender));
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.new_key));
  return check_key_proof(transaction.network, transaction.sender, body.nonce.bytes, key, body.proof.bytes);
}

Result<void> RotateKey::precheck(const ledger::ApplyContext& context, const Body& body,
                                 const ledger::View& view) {
  ICN_TRY_ASSIGN(document, load_own_document(context, view));
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.new_key));
  ICN_TRY_ASSIGN(is_used, kKeyUses.contains(view, {document.id, to_bytes(key.view())}));
  if (is_used) return Error(kKeyUsedBefore, document.id.text() + " has or had this key; make a new one");
  return check_operation_limit(context, view);
}

Result<RotateKey::Output> RotateKey::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  ICN_TRY_ASSIGN(former, load_own_document(context, view));
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.new_key));
  ICN_TRY(charge_fee(context, view, context.parameters().identity_rotate_fee, "identity.rotate", former.id));
  ICN_TRY(count_operation(context, view));
  return write_with_key(context, view, former, key);
}

}  // namespace icn::identity
