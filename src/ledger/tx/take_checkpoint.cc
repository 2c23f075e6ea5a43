#include "ledger/tx/take_checkpoint.h"

#include "base/errors.h"
#include "ledger/state.h"

namespace icn::ledger {

Result<void> TakeCheckpoint::check(const Transaction&, const Body&) { return {}; }

Result<void> TakeCheckpoint::precheck(const ApplyContext& context, const Body&, const View& view) {
  ICN_TRY_ASSIGN(network, kNetwork.get(view, "network"));
  if (!network || network->operator_did != context.sender())
    return Error(errors::kForbidden, "checkpoints out of turn are for the network's operator");
  return {};
}

Result<TakeCheckpoint::Output> TakeCheckpoint::apply(const ApplyContext& context, const Body&, View& view) {
  ICN_TRY_ASSIGN(clock, begin_checkpoint(view, context.block));
  return Output{clock.epoch, clock.pending_height};
}

}  // namespace icn::ledger
