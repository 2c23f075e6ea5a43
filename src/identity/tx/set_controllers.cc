#include "identity/tx/set_controllers.h"

#include "identity/errors.h"

namespace icn::identity {

Result<void> SetControllers::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_can_change(transaction.sender));
  ICN_TRY_ASSIGN(parsed, parse_did(transaction.sender.text()));
  if (!is_thing(parsed.type)) return Error(kNotAThing);
  return check_controllers(transaction.sender, body.controllers);
}

Result<void> SetControllers::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY_ASSIGN(document, load_own_document(context, view));
  ICN_TRY_ASSIGN(held, controllers_of(view, document.id, document.version));
  if (!held.empty()) return Error(kHasControllers, document.id.text() + " has controllers: they name others");
  ICN_TRY(check_controllers_live(view, body.controllers));
  return check_operation_limit(context, view);
}

Result<SetControllers::Output> SetControllers::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(former, load_own_document(context, view));
  ICN_TRY(count_operation(context, view));
  return write_controllers(context, view, former, body.controllers);
}

Result<ChangeOutput> write_controllers(const ledger::ApplyContext& context, ledger::View& view,
                                       const DidDocument& former, const std::vector<Did>& controllers) {
  ICN_TRY(put_controllers(view, former.id, former.version + 1, controllers, context.sender()));
  return write_next_version(context, view, former, former);
}

}  // namespace icn::identity
