#include "identity/tx/set_guardians.h"

#include "identity/tx/change.h"

namespace icn::identity {

Result<void> SetGuardians::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_can_change(transaction.sender));
  ICN_TRY_ASSIGN(parsed, parse_did(transaction.sender.text()));
  return check_guardians(transaction.sender, parsed.type, {body.guardians, body.threshold, body.delay_secs});
}

Result<void> SetGuardians::precheck(const ledger::ApplyContext& context, const Body& body,
                                    const ledger::View& view) {
  ICN_TRY(load_own_document(context, view));
  ICN_TRY(check_delay(context.parameters(), {body.guardians, body.threshold, body.delay_secs}));
  return check_operation_limit(context, view);
}

Result<SetGuardians::Output> SetGuardians::apply(const ledger::ApplyContext& context, const Body& body,
                                                 ledger::View& view) {
  ICN_TRY(count_operation(context, view));
  const Did& did = context.sender();
  ICN_TRY_ASSIGN(known, kGuardianships.get(view, did));
  Guardianship held = known.value_or(Guardianship{});
  if (held.next) ICN_TRY(ledger::unschedule(view, held.next_due_running_secs, kGuardiansDue, did.text()));
  held.next.reset();
  held.next_due_running_secs = held.next_at = 0;
  const GuardianSet wanted{body.guardians, body.threshold, body.delay_secs};
  TimestampSecs in_force_at = context.block.time;
  if (held.now.guardians.empty()) {
    held.now = wanted;
  } else {
    held.next = wanted;
    const std::uint64_t wait_secs = recovery_periods(context.parameters()).delay_min_secs;
    held.next_due_running_secs = context.block.running_secs() + wait_secs;
    held.next_at = in_force_at = context.block.time + wait_secs;
    ICN_TRY(ledger::schedule(view, context.block, held.next_due_running_secs, kGuardiansDue, did.text()));
  }
  ICN_TRY(kGuardianships.put(view, did, held));
  return Output{did, body.threshold, body.guardians, in_force_at};
}

}  // namespace icn::identity
