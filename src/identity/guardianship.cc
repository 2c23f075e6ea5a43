#include "identity/guardianship.h"

#include <algorithm>
#include <array>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/tables.h"
#include "identity/tx/change.h"

namespace icn::identity {
namespace {

using codec::Json;
using ledger::View;

constexpr std::array<std::string_view, 3> kBallots{"governance.vote", "governance.commit",
                                                   "governance.reveal"};

struct Bounds {
  std::size_t guardians_min;
  std::uint32_t threshold_min;
};

std::optional<Bounds> bounds_of(IdentityType type) {
  switch (type) {
    case IdentityType::kPerson:
      return Bounds{3, 3};
    case IdentityType::kCoop:
    case IdentityType::kCommunity:
    case IdentityType::kFederation:
      return Bounds{2, 2};
    case IdentityType::kDevice:
    case IdentityType::kService:
    case IdentityType::kEphemeral:
    case IdentityType::kMultisig:
      break;
  }
  return std::nullopt;
}

std::string due_id(const Recovery& recovery) {
  return recovery.did.text() + " " + hex_encode(recovery.new_key.bytes);
}

// The recovery that came through also ends what a thief may have begun.
Result<void> settle_guardianship(View& view, const Did& did) {
  ICN_TRY_ASSIGN(held, kGuardianships.get(view, did));
  if (!held) return {};
  if (held->next) ICN_TRY(ledger::unschedule(view, held->next_due_running_secs, kGuardiansDue, did.text()));
  held->next.reset();
  held->next_due_running_secs = held->next_at = 0;
  held->cancellations.clear();
  held->frozen_until = 0;
  held->contested.reset();
  return kGuardianships.put(view, did, *held);
}

Result<void> take_effect(const ledger::BlockContext& block, const Recovery& recovery, View& view,
                         std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(document, kDocuments.get(view, recovery.did));
  if (!document || document->deactivated) return {};
  ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(recovery.new_key.bytes));
  ICN_TRY_ASSIGN(is_used, kKeyUses.contains(view, {recovery.did, recovery.new_key.bytes}));
  if (is_used) return {};  // the DID took the key itself meanwhile
  const MadeBy made_by{block, events, recovery.transaction.bytes, recovery.signed_by};
  ICN_TRY(write_with_key(made_by, view, *document, key));
  ICN_TRY_ASSIGN(others, recoveries_of(view, recovery.did));
  for (const Recovery& each : others) ICN_TRY(erase_recovery(view, each));
  ICN_TRY(settle_guardianship(view, recovery.did));
  announce_recovery(events, recovery, "effective");
  return {};
}

Result<void> recovery_due(const ledger::BlockContext& block, const std::string& id, View& view,
                          std::vector<ledger::Event>& events) {
  const std::size_t space = id.find(' ');
  if (space == std::string::npos) return Error(errors::kInternal, "a recovery without a key is due");
  ICN_TRY_ASSIGN(key, hex_decode(id.substr(space + 1)));
  const Did did(id.substr(0, space));
  ICN_TRY_ASSIGN(recovery, kRecoveries.get(view, {did, key}));
  if (!recovery) return {};
  ICN_TRY(kRecoveries.erase(view, {did, key}));
  if (recovery->is_waiting) return take_effect(block, *recovery, view, events);
  announce_recovery(events, *recovery, "lapsed");
  return {};
}

Result<void> guardians_due(const ledger::BlockContext& block, const std::string& id, View& view,
                           std::vector<ledger::Event>& events) {
  const Did did(id);
  ICN_TRY_ASSIGN(held, kGuardianships.get(view, did));
  if (!held || !held->next) return {};
  ICN_TRY_ASSIGN(under_way, recoveries_of(view, did));
  if (std::ranges::any_of(under_way, &Recovery::is_waiting)) {
    const std::uint64_t later_secs = recovery_periods(*block.parameters).approval_secs;
    held->next_due_running_secs = block.running_secs() + later_secs;
    held->next_at = block.time + later_secs;
    ICN_TRY(ledger::schedule(view, block, held->next_due_running_secs, kGuardiansDue, id));
    return kGuardianships.put(view, did, *held);
  }
  held->now = std::move(*held->next);
  held->next.reset();
  held->next_due_running_secs = held->next_at = 0;
  ICN_TRY(kGuardianships.put(view, did, *held));
  events.push_back({std::string(kGuardiansChanged), codec::write_json(Json::object({{"did", id}}))});
  return {};
}

}  // namespace

std::vector<ledger::DueHandler> due_handlers() {
  return {{kRecoveryDue, &recovery_due}, {kGuardiansDue, &guardians_due}};
}

Result<void> check_guardians(const Did& did, IdentityType type, const GuardianSet& set) {
  const auto bounds = bounds_of(type);
  if (!bounds) return Error(kNotRecoverable);
  if (set.delay_secs > kRecoveryDelayMaxSecs)
    return Error(kBadGuardians, "delay_secs: must be " + std::to_string(kRecoveryDelayMaxSecs) + " at most");
  for (const Did& each : set.guardians) {
    if (auto parsed = parse_did(each.text()); !parsed.ok()) return parsed.error().within("guardians");
    if (each == did) return Error(kBadGuardians, "nobody guards itself");
    if (std::ranges::count(set.guardians, each) > 1)
      return Error(kBadGuardians, each.text() + " comes twice");
  }
  const std::size_t count = set.guardians.size();
  if (count == 0 && set.threshold == 0) return {};
  if (count < bounds->guardians_min || count > kGuardiansMax)
    return Error(kBadGuardians,
                 "there must be " + std::to_string(bounds->guardians_min) + " to 9 guardians, or none");
  if (set.threshold < bounds->threshold_min || set.threshold > count ||
      2 * std::size_t{set.threshold} <= count)
    return Error(kBadGuardians, "threshold: must be " + std::to_string(bounds->threshold_min) +
                                    " at least and more than half of the guardians");
  return {};
}

RecoveryPeriods recovery_periods(const ledger::Parameters& parameters) {
  return {static_cast<std::uint64_t>(parameters.identity_recovery_approval_secs),
          static_cast<std::uint64_t>(parameters.identity_recovery_delay_secs),
          static_cast<std::uint64_t>(parameters.identity_cancellation_window_secs),
          static_cast<std::uint64_t>(parameters.identity_freeze_secs)};
}

Result<void> check_delay(const ledger::Parameters& parameters, const GuardianSet& set) {
  const std::uint64_t least = recovery_periods(parameters).delay_min_secs;
  if (set.delay_secs >= least) return {};
  return Error(kBadGuardians,
               "delay_secs: must be " + std::to_string(least) + " at least (identity.recovery_delay_secs)");
}

Result<std::vector<Recovery>> recoveries_of(const ledger::Reader& state, const Did& did) {
  std::vector<Recovery> out;
  ICN_TRY_ASSIGN(rows, kRecoveries.scan(state, ledger::prefix_range(ledger::key_of(did))));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    out.push_back(std::move(*row));
  }
}

Result<void> erase_recovery(View& view, const Recovery& recovery) {
  ICN_TRY(ledger::unschedule(view, recovery.due_running_secs, kRecoveryDue, due_id(recovery)));
  return kRecoveries.erase(view, {recovery.did, recovery.new_key.bytes});
}

Result<void> write_recovery(const ledger::BlockContext& block, View& view, Recovery recovery,
                            std::uint64_t due_in_secs) {
  recovery.due_running_secs = block.running_secs() + due_in_secs;
  recovery.due_at = block.time + due_in_secs;
  ICN_TRY(ledger::schedule(view, block, recovery.due_running_secs, kRecoveryDue, due_id(recovery)));
  return kRecoveries.put(view, {recovery.did, recovery.new_key.bytes}, recovery);
}

Result<std::optional<Recovery>> contested_recovery(const ledger::BlockContext& block,
                                                   const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(held, kGuardianships.get(state, did));
  if (!held || held->frozen_until <= block.time) return std::optional<Recovery>();
  return std::move(held->contested);
}

Result<void> decide_contested(const ledger::BlockContext& block, View& view, const Did& did,
                              bool are_guardians_right, std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(contested, contested_recovery(block, view, did));
  if (!contested) return {};
  if (are_guardians_right) return take_effect(block, *contested, view, events);
  ICN_TRY_ASSIGN(held, kGuardianships.get(view, did));
  held->cancellations.clear();
  held->frozen_until = 0;
  held->contested.reset();
  announce_recovery(events, *contested, "overruled");
  return kGuardianships.put(view, did, *held);
}

void announce_recovery(std::vector<ledger::Event>& events, const Recovery& recovery, std::string_view state) {
  const auto key = crypto::PublicKey::from_bytes(recovery.new_key.bytes);
  const Json data = Json::object({{"did", recovery.did.text()},
                                  {"new_key", key.ok() ? crypto::multikey_text(*key) : std::string()},
                                  {"state", state},
                                  {"due_at", recovery.due_at}});
  events.push_back({std::string(kRecoveryChanged), codec::write_json(data)});
}

Result<void> check_not_frozen(const ledger::ApplyContext& context, const View& view) {
  const Did& sender = context.sender();
  if (!is_did_icn(sender.text())) return {};
  if (std::ranges::find(kBallots, context.transaction.envelope().type) != kBallots.end()) return {};
  ICN_TRY_ASSIGN(held, kGuardianships.get(view, sender));
  if (!held || held->frozen_until <= context.block.time) return {};
  return Error(kDidFrozen, sender.text() +
                               " took back two recoveries within 30 days; until it is recovered, or " +
                               std::to_string(held->frozen_until) + ", its keys cast ballots only");
}

}  // namespace icn::identity
