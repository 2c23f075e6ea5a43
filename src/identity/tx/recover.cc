#include "identity/tx/recover.h"

#include <algorithm>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/key_proof.h"
#include "identity/tables.h"
#include "identity/tx/change.h"

namespace icn::identity {
namespace {

using ledger::View;

Result<Bytes> key_bytes(const std::string& text) {
  ICN_TRY_ASSIGN(key, crypto::read_multikey(text));
  return to_bytes(key.view());
}

bool holds(const std::vector<Did>& list, const Did& did) {
  return std::ranges::find(list, did) != list.end();
}

// Those of `did`; the sender is one of them.
Result<GuardianSet> guardians_of(const ledger::ApplyContext& context, const View& view, const Did& did) {
  ICN_TRY_ASSIGN(held, kGuardianships.get(view, did));
  if (held && holds(held->now.guardians, context.sender())) return std::move(held->now);
  return Error(kNotGuardian, context.sender().text() + " is no guardian of " + did.text());
}

Result<Recovery> load_recovery(const View& view, const Did& did, const std::string& new_key) {
  ICN_TRY_ASSIGN(bytes, key_bytes(new_key));
  ICN_TRY_ASSIGN(found, kRecoveries.get(view, {did, bytes}));
  if (!found)
    return Error(kRecoveryNotFound, "no recovery of " + did.text() + " to " + new_key + " is under way");
  return std::move(*found);
}

// A guardian stands for one key.
Result<void> take_back_approvals(View& view, const Did& did, const Did& guardian) {
  ICN_TRY_ASSIGN(all, recoveries_of(view, did));
  for (Recovery& each : all) {
    if (each.is_waiting || std::erase(each.approvals, guardian) == 0) continue;
    if (each.approvals.empty()) {
      ICN_TRY(erase_recovery(view, each));
    } else {
      ICN_TRY(kRecoveries.put(view, {did, each.new_key.bytes}, each));
    }
  }
  return {};
}

Result<void> check_none_waits(const View& view, const Did& did) {
  ICN_TRY_ASSIGN(all, recoveries_of(view, did));
  if (std::ranges::none_of(all, &Recovery::is_waiting)) return {};
  return Error(kRecoveryFailed, "enough guardians of " + did.text() + " have approved another key already");
}

// Writes it with the sender's approval; begins the delay when that is enough.
Result<RecoveryOutput> approve(const ledger::ApplyContext& context, View& view, const GuardianSet& set,
                               Recovery recovery, std::uint64_t collecting_secs_left) {
  recovery.approvals.push_back(context.sender());
  recovery.is_waiting = recovery.approvals.size() >= set.threshold;
  const std::uint64_t due_in = recovery.is_waiting ? set.delay_secs : collecting_secs_left;
  ICN_TRY(write_recovery(context.block, view, recovery, due_in));
  recovery.due_at = context.block.time + due_in;
  announce_recovery(context.events, recovery, recovery.is_waiting ? "waiting" : "collecting");
  return recovery_output(recovery, set.threshold);
}

}  // namespace

RecoveryOutput recovery_output(const Recovery& recovery, std::uint32_t threshold) {
  const auto key = crypto::PublicKey::from_bytes(recovery.new_key.bytes);
  return {recovery.did,
          key.ok() ? crypto::multikey_text(*key) : std::string(),
          recovery.is_waiting ? "waiting" : "collecting",
          recovery.approvals,
          threshold,
          recovery.due_at};
}

Result<void> RecoverDid::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(parse_did(body.did.text()));
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.new_key));
  return check_key_proof(transaction.network, body.did, body.nonce.bytes, key, body.proof.bytes);
}

Result<void> RecoverDid::precheck(const ledger::ApplyContext& context, const Body& body, const View& view) {
  ICN_TRY_ASSIGN(document, load_document(view, body.did));
  ICN_TRY(guardians_of(context, view, body.did));
  ICN_TRY_ASSIGN(bytes, key_bytes(body.new_key));
  ICN_TRY_ASSIGN(is_used, kKeyUses.contains(view, {document.id, bytes}));
  if (is_used) return Error(kKeyUsedBefore, document.id.text() + " has or had this key; make a new one");
  ICN_TRY_ASSIGN(known, kRecoveries.contains(view, {body.did, bytes}));
  if (known) return Error(kRecoveryExists);
  ICN_TRY(check_none_waits(view, body.did));
  return check_operation_limit(context, view);
}

Result<RecoveryOutput> RecoverDid::apply(const ledger::ApplyContext& context, const Body& body, View& view) {
  ICN_TRY(count_operation(context, view));
  ICN_TRY_ASSIGN(set, guardians_of(context, view, body.did));
  ICN_TRY(take_back_approvals(view, body.did, context.sender()));
  ICN_TRY_ASSIGN(bytes, key_bytes(body.new_key));
  Recovery recovery;
  recovery.did = body.did;
  recovery.new_key.bytes = std::move(bytes);
  recovery.opened_at = context.block.time;
  recovery.transaction.bytes = to_bytes(context.transaction.hash());
  recovery.signed_by = context.transaction.envelope().key;
  return approve(context, view, set, std::move(recovery),
                 recovery_periods(context.parameters()).approval_secs);
}

Result<void> ApproveRecovery::check(const ledger::Transaction&, const Body& body) {
  ICN_TRY(parse_did(body.did.text()));
  ICN_TRY(crypto::read_multikey(body.new_key));
  return {};
}

Result<void> ApproveRecovery::precheck(const ledger::ApplyContext& context, const Body& body,
                                       const View& view) {
  ICN_TRY(guardians_of(context, view, body.did));
  ICN_TRY_ASSIGN(recovery, load_recovery(view, body.did, body.new_key));
  if (recovery.is_waiting) return Error(kRecoveryState, "enough guardians have approved already");
  if (holds(recovery.approvals, context.sender()))
    return Error(kRecoveryState, context.sender().text() + " has approved already");
  return check_operation_limit(context, view);
}

Result<RecoveryOutput> ApproveRecovery::apply(const ledger::ApplyContext& context, const Body& body,
                                              View& view) {
  ICN_TRY(count_operation(context, view));
  ICN_TRY_ASSIGN(set, guardians_of(context, view, body.did));
  ICN_TRY(take_back_approvals(view, body.did, context.sender()));
  ICN_TRY_ASSIGN(recovery, load_recovery(view, body.did, body.new_key));
  const std::uint64_t now = context.block.running_secs();
  const std::uint64_t left = recovery.due_running_secs > now ? recovery.due_running_secs - now : 0;
  ICN_TRY(erase_recovery(view, recovery));
  // Guardians that are none any more do not count.
  std::erase_if(recovery.approvals, [&](const Did& each) { return !holds(set.guardians, each); });
  return approve(context, view, set, std::move(recovery), left);
}

Result<void> CancelRecovery::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_can_change(transaction.sender));
  ICN_TRY(crypto::read_multikey(body.new_key));
  return {};
}

Result<void> CancelRecovery::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const View& view) {
  ICN_TRY_ASSIGN(recovery, load_recovery(view, context.sender(), body.new_key));
  if (recovery.is_waiting) return {};
  return Error(kThresholdNotMet, "not enough guardians have approved it: there is nothing to stop yet");
}

Result<RecoveryOutput> CancelRecovery::apply(const ledger::ApplyContext& context, const Body& body,
                                             View& view) {
  const Did& did = context.sender();
  ICN_TRY_ASSIGN(recovery, load_recovery(view, did, body.new_key));
  ICN_TRY(erase_recovery(view, recovery));
  ICN_TRY_ASSIGN(held, kGuardianships.get(view, did));
  if (!held) return Error(errors::kInternal, did.text() + " is recovered without guardians");
  const TimestampSecs now = context.block.time;
  const RecoveryPeriods periods = recovery_periods(context.parameters());
  std::erase_if(held->cancellations,
                [&](TimestampSecs at) { return at + periods.cancellation_window_secs <= now; });
  held->cancellations.push_back(now);
  if (held->cancellations.size() >= 2) {
    held->frozen_until = now + periods.freeze_secs;
    held->contested = recovery;
    ICN_TRY(ledger::schedule(view, context.block, context.block.running_secs(), kFrozenDue, did.text()));
  }
  ICN_TRY(kGuardianships.put(view, did, *held));
  announce_recovery(context.events, recovery, "cancelled");
  RecoveryOutput out = recovery_output(recovery, held->now.threshold);
  out.state = "cancelled";
  out.due_at = 0;
  return out;
}

}  // namespace icn::identity
