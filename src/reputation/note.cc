#include "reputation/note.h"

#include "economics/inputs.h"

namespace icn::reputation {
namespace {

void tell(std::vector<ledger::Event>& events, const NewEvent& asked, const Recorded& recorded) {
  if (recorded.number == 0) return;
  std::string data = "{\"did\":";
  codec::append_json_string(data, asked.did.text());
  data += ",\"event_id\":" + std::to_string(recorded.number);
  data += ",\"kind\":\"";
  data += codec::enum_name(asked.kind);
  data += "\",\"delta\":" + codec::to_json_text(recorded.event.delta);
  data += ",\"score\":" + codec::to_json_text(recorded.score);
  data += ",\"reference\":";
  codec::append_json_string(data, asked.reference);
  data += '}';
  events.push_back({std::string(kReputationEvent), std::move(data)});
}

}  // namespace

Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  const NewEvent& event) {
  ICN_TRY_ASSIGN(recorded, record(block, view, event));
  tell(events, event, recorded);
  return recorded.is_changed ? economics::mark_inputs_changed(view, event.did) : Result<void>();
}

Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  economics::Books& books, const NewEvent& event) {
  ICN_TRY_ASSIGN(recorded, record(block, view, event));
  tell(events, event, recorded);
  return recorded.is_changed ? books.inputs_changed(event.did) : Result<void>();
}

Result<void> note_delegated(ledger::View& view, const Did& did, const VotedIn& vote) {
  ICN_TRY_ASSIGN(is_new, count_delegated(view, did, vote));
  return is_new ? economics::mark_inputs_changed(view, did) : Result<void>();
}

}  // namespace icn::reputation
