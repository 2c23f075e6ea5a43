#include "reputation/departure.h"

#include "reputation/appeals.h"
#include "reputation/score/tables.h"

namespace icn::reputation {

Result<void> leave_reputations(const ledger::Departure& departure) {
  ledger::View& view = departure.view;
  const auto is_gone = [&](const auto& key) { return !departure.is_kept(std::get<0>(key)); };
  std::vector<std::pair<EventKey, std::uint64_t>> open;
  ICN_TRY(ledger::sweep(view, kAppeals, [&](const EventKey& key, const Appeal& each) {
    if (is_gone(key) && each.state == AppealState::kOpen) open.emplace_back(key, each.due_secs);
    return is_gone(key);
  }));
  for (const auto& [key, due_secs] : open) {
    const auto& [did, number] = key;
    ICN_TRY(ledger::unschedule(view, due_secs, kAppealDue, appeal_id(did, number)));
  }
  ICN_TRY(ledger::sweep(view, kStandings,
                        [&](const Did& did, const Standing&) { return !departure.is_kept(did); }));
  ICN_TRY(ledger::sweep(view, kEvents, [&](const EventKey& key, const Event&) { return is_gone(key); }));
  ICN_TRY(ledger::sweep(view, kPairs, [&](const PairKey& key, const Pair&) { return is_gone(key); }));
  ICN_TRY(ledger::sweep(view, kEndorsements,
                        [&](const EndorsementKey& key, const Endorsement&) { return is_gone(key); }));
  return {};
}

}  // namespace icn::reputation
