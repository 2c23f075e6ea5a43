#include "identity/tx/manage_did.h"

#include <algorithm>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/key_proof.h"
#include "identity/tables.h"
#include "identity/tx/change_services.h"
#include "identity/tx/deactivate_did.h"
#include "identity/tx/rotate_key.h"
#include "identity/tx/set_controllers.h"

namespace icn::identity {
namespace {

ChangeServices::Body services_of(const ManageDid::Body& body) { return {body.add, body.remove}; }

}  // namespace

Result<void> ManageDid::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(parse_did(body.did.text()));
  const bool has_services = !body.add.empty() || !body.remove.empty();
  const int kinds = (body.new_key ? 1 : 0) + (has_services ? 1 : 0) + (body.controllers.empty() ? 0 : 1) +
                    (body.deactivate ? 1 : 0);
  if (kinds != 1)
    return Error(errors::kMalformed, "new_key, add and remove, controllers, deactivate: one of them is done");
  ICN_TRY(check_services(body.add));
  ICN_TRY(check_controllers(body.did, body.controllers));
  if (!body.new_key) return {};
  if (!body.nonce || !body.proof)
    return Error(errors::kMalformed, "nonce and proof: are required with new_key");
  ICN_TRY_ASSIGN(key, crypto::read_multikey(*body.new_key));
  return check_key_proof(transaction.network, body.did, body.nonce->bytes, key, body.proof->bytes);
}

Result<void> ManageDid::precheck(const ledger::ApplyContext& context, const Body& body,
                                 const ledger::View& view) {
  ICN_TRY_ASSIGN(document, load_document(view, body.did));
  ICN_TRY_ASSIGN(controllers, controllers_of(view, document.id, document.version));
  if (std::ranges::find(controllers, context.sender()) == controllers.end())
    return Error(kNotController, context.sender().text() + " is no controller of " + body.did.text());
  if (body.new_key) {
    ICN_TRY_ASSIGN(key, crypto::read_multikey(*body.new_key));
    ICN_TRY_ASSIGN(is_used, kKeyUses.contains(view, {document.id, to_bytes(key.view())}));
    if (is_used) return Error(kKeyUsedBefore, document.id.text() + " has or had this key; make a new one");
  }
  if (!body.add.empty() || !body.remove.empty()) ICN_TRY(changed_services(document, services_of(body)));
  ICN_TRY(check_controllers_live(view, body.controllers));
  return check_operation_limit(context, view);
}

Result<ManageDid::Output> ManageDid::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  ICN_TRY_ASSIGN(former, load_document(view, body.did));
  if (body.controllers.empty()) {  // who changes it agrees to be its controller
    ICN_TRY_ASSIGN(controllers, controllers_of(view, former.id, former.version));
    ICN_TRY(put_controllers(view, former.id, former.version + 1, controllers, context.sender()));
  }
  if (body.new_key) {
    ICN_TRY(
        charge_fee(context, view, context.parameters().identity_rotate_fee, "identity.manage", former.id));
    ICN_TRY(count_operation(context, view));
    ICN_TRY_ASSIGN(key, crypto::read_multikey(*body.new_key));
    return write_with_key(context, view, former, key);
  }
  ICN_TRY(count_operation(context, view));
  if (body.deactivate) return write_deactivated(context, view, former);
  if (!body.controllers.empty()) return write_controllers(context, view, former, body.controllers);
  DidDocument changed = former;
  ICN_TRY_ASSIGN(services, changed_services(former, services_of(body)));
  changed.services = std::move(services);
  return write_next_version(context, view, former, std::move(changed));
}

}  // namespace icn::identity
