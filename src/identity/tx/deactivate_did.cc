#include "identity/tx/deactivate_did.h"

#include "identity/tables.h"

namespace icn::identity {

Result<void> DeactivateDid::check(const ledger::Transaction& transaction, const Body&) {
  return check_can_change(transaction.sender);
}

Result<void> DeactivateDid::precheck(const ledger::ApplyContext& context, const Body&,
                                     const ledger::View& view) {
  ICN_TRY(load_own_document(context, view));
  return check_operation_limit(context, view);
}

Result<DeactivateDid::Output> DeactivateDid::apply(const ledger::ApplyContext& context, const Body&,
                                                   ledger::View& view) {
  ICN_TRY_ASSIGN(former, load_own_document(context, view));
  ICN_TRY(count_operation(context, view));
  return write_deactivated(context, view, former);
}

Result<ChangeOutput> write_deactivated(const ledger::ApplyContext& context, ledger::View& view,
                                       const DidDocument& former) {
  DidDocument changed = former;
  ICN_TRY(retire_keys(view, changed));
  changed.services.clear();
  changed.deactivated = true;
  ICN_TRY_ASSIGN(counts, kCounts.get(view, "dids"));
  ICN_ASSERT(counts.has_value());
  ++counts->deactivated;
  ICN_TRY(kCounts.put(view, "dids", *counts));
  return write_next_version(context, view, former, std::move(changed));
}

}  // namespace icn::identity
