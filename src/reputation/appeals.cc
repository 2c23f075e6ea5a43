#include "reputation/appeals.h"

#include <charconv>

#include "economics/accounts.h"
#include "economics/inputs.h"
#include "reputation/attestations.h"
#include "reputation/errors.h"

namespace icn::reputation {

// DIDs hold no space.
std::string appeal_id(const Did& did, std::uint64_t number) {
  return did.text() + " " + std::to_string(number);
}

namespace {

std::string reference_of(const Did& did, std::uint64_t number) {
  return "appeal " + did.text() + "/" + std::to_string(number);
}

void tell(std::vector<ledger::Event>& events, const Did& did, std::uint64_t number, AppealState state) {
  events.push_back({std::string(kAppealEvent),
                    codec::write_json(codec::Json::object(
                        {{"did", did.text()}, {"event_id", number}, {"state", codec::enum_name(state)}}))});
}

Result<void> check_contestable(const ledger::BlockContext& block, const ledger::View& view, const Did& did,
                               std::uint64_t number, const Event& event) {
  const auto window = static_cast<std::uint64_t>(block.parameters->reputation_contest_secs);
  if (block.time > event.at + window) return Error(kTooLate);
  ICN_TRY_ASSIGN(is_known, kAppeals.contains(view, {did, number}));
  if (is_known) return Error(kAppealExists);
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  if (standing.contested < static_cast<std::uint64_t>(block.parameters->reputation_open_appeals_max))
    return {};
  return Error(kAppealsMax, std::to_string(standing.contested) + " appeals of " + did.text() + " are open");
}

// Ends the stake and lets the event count again, or never.
Result<void> close(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                   const Did& did, std::uint64_t number, Appeal appeal) {
  const std::string reference = reference_of(did, number);
  ICN_TRY(appeal.state == AppealState::kRejected
              ? economics::slash(block, view, &events, did, appeal.stake, reference)
              : economics::release(block, view, &events, did, appeal.stake, reference));
  const bool is_struck = appeal.state == AppealState::kUpheld;
  ICN_TRY(set_event_state(block, view, did, number, is_struck ? EventState::kStruck : EventState::kCounts));
  appeal.due_secs = 0;
  ICN_TRY(kAppeals.put(view, {did, number}, appeal));
  tell(events, did, number, appeal.state);
  return economics::mark_inputs_changed(view, did);
}

Result<void> run_appeal_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                            std::vector<ledger::Event>& events) {
  const std::size_t space = id.find(' ');
  if (space == std::string::npos) return Error(kNoOpenAppeal, id);
  const Did did(id.substr(0, space));
  std::uint64_t number = 0;
  const auto read = std::from_chars(id.data() + space + 1, id.data() + id.size(), number);
  if (read.ec != std::errc()) return Error(kNoOpenAppeal, id);
  ICN_TRY_ASSIGN(appeal, load_open_appeal(view, did, number));
  appeal.state = AppealState::kLapsed;
  return close(block, view, events, did, number, appeal);
}

}  // namespace

Result<Appeal> open_appeal(const ledger::BlockContext& block, ledger::View& view,
                           std::vector<ledger::Event>& events, const Did& did, std::uint64_t number,
                           const codec::Cid& reason) {
  ICN_TRY_ASSIGN(event, load_event(view, did, number));
  ICN_TRY(check_contestable(block, view, did, number, event));
  const ledger::Parameters& parameters = *block.parameters;
  Appeal appeal;
  appeal.reason = reason;
  appeal.stake = {parameters.reputation_appeal_stake};
  appeal.opened_at = block.time;
  appeal.due_secs = block.running_secs() + static_cast<std::uint64_t>(parameters.reputation_arbitration_secs);
  ICN_TRY(economics::lock(block, view, &events, did, appeal.stake, reference_of(did, number)));
  ICN_TRY(set_event_state(block, view, did, number, EventState::kContested));
  ICN_TRY(ledger::schedule(view, block, appeal.due_secs, kAppealDue, appeal_id(did, number)));
  ICN_TRY(kAppeals.put(view, {did, number}, appeal));
  tell(events, did, number, appeal.state);
  ICN_TRY(economics::mark_inputs_changed(view, did));
  return appeal;
}

Result<Appeal> load_open_appeal(const ledger::Reader& state, const Did& did, std::uint64_t number) {
  ICN_TRY_ASSIGN(appeal, kAppeals.get(state, {did, number}));
  if (!appeal || appeal->state != AppealState::kOpen)
    return Error(kNoOpenAppeal,
                 "no open appeal of " + did.text() + " against its event " + std::to_string(number));
  return std::move(*appeal);
}

Result<void> decide_appeal(const ledger::BlockContext& block, ledger::View& view,
                           std::vector<ledger::Event>& events, const Did& did, std::uint64_t number,
                           bool is_upheld, const std::string& decided_by) {
  ICN_TRY_ASSIGN(appeal, load_open_appeal(view, did, number));
  ICN_TRY(ledger::unschedule(view, appeal.due_secs, kAppealDue, appeal_id(did, number)));
  appeal.state = is_upheld ? AppealState::kUpheld : AppealState::kRejected;
  appeal.decided_by = decided_by;
  return close(block, view, events, did, number, appeal);
}

std::vector<storage::TableSchema> tables() {
  storage::TableSet set(kAppeals, kEndorsements, kAttestations);
  for (const auto& table : score_tables()) set.add(table);
  return set.schemas();
}

std::vector<ledger::DueHandler> due_handlers() { return {{kAppealDue, &run_appeal_due}}; }

}  // namespace icn::reputation
