#include "identity/departure.h"

#include <algorithm>

#include "identity/control.h"
#include "identity/guardianship.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

Result<void> leave_guardians(const ledger::Departure& departure) {
  ledger::View& view = departure.view;
  const auto is_gone = [&](const Did& did) { return !departure.is_kept(did); };
  ICN_TRY_ASSIGN(recoveries,
                 ledger::pick(view, kRecoveries, [&](const Recovery& each) { return is_gone(each.did); }));
  for (const Recovery& each : recoveries) ICN_TRY(erase_recovery(view, each));
  std::vector<std::pair<Did, std::uint64_t>> due;
  ICN_TRY(ledger::sweep(view, kGuardianships, [&](const Did& did, const Guardianship& each) {
    if (!is_gone(did)) return false;
    if (each.next) due.emplace_back(did, each.next_due_running_secs);
    return true;
  }));
  for (const auto& [did, due_secs] : due)
    ICN_TRY(ledger::unschedule(view, due_secs, kGuardiansDue, did.text()));
  return {};
}

}  // namespace

Result<std::uint64_t> leave_dids(const ledger::Departure& departure) {
  ledger::View& view = departure.view;
  const auto is_gone = [&](const Did& did) { return !departure.is_kept(did); };
  ICN_TRY(leave_guardians(departure));
  std::uint64_t deactivated = 0;
  ICN_TRY_ASSIGN(gone, ledger::sweep(view, kDocuments, [&](const Did& did, const DidDocument& document) {
                   if (!is_gone(did)) return false;
                   deactivated += document.deactivated ? 1 : 0;
                   return true;
                 }));
  ICN_TRY(ledger::sweep(view, kFormerVersions, [&](const DidVersion& key, const DidDocument&) {
    return is_gone(std::get<0>(key));
  }));
  ICN_TRY(ledger::sweep(view, kKeyUses,
                        [&](const DidKeyBytes& key, const KeyUse&) { return is_gone(std::get<0>(key)); }));
  ICN_TRY(
      ledger::sweep(view, kOperations, [&](const Did& did, const OperationCount&) { return is_gone(did); }));
  ICN_TRY(
      ledger::sweep(view, kControllers, [&](const std::tuple<Did, std::uint64_t>& key, const Controllers&) {
        return is_gone(std::get<0>(key));
      }));
  ICN_TRY_ASSIGN(counts, kCounts.get(view, "dids"));
  if (!counts) return gone;
  counts->dids -= gone;
  counts->deactivated -= deactivated;
  ICN_TRY(kCounts.put(view, "dids", *counts));
  return gone;
}

Result<void> add_controlled(const ledger::Reader& state, std::set<Did>& kept) {
  std::set<Did> controlled;
  ICN_TRY_ASSIGN(rows, kDocuments.scan(state, {}));
  while (true) {
    ICN_TRY_ASSIGN(document, rows.next());
    if (!document) break;
    ICN_TRY_ASSIGN(controllers, controllers_of(state, document->id, document->version));
    if (std::ranges::any_of(controllers, [&](const Did& each) { return kept.contains(each); }))
      controlled.insert(document->id);
  }
  kept.merge(controlled);
  return {};
}

}  // namespace icn::identity
