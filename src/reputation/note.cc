#include "reputation/note.h"

#include <algorithm>
#include <limits>

#include "economics/inputs.h"
#include "identity/control.h"
#include "identity/did.h"

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

// Itself, and for a device, service or ephemeral DID those who control it.
Result<std::vector<Did>> hands_of(const ledger::Reader& state, const Did& did) {
  if (!identity::is_did_icn(did.text())) return std::vector<Did>{did};
  const auto parsed = identity::parse_did(did.text());
  if (!parsed.ok() || !identity::is_thing(parsed->type)) return std::vector<Did>{did};
  ICN_TRY_ASSIGN(hands, identity::controllers_of(state, did, std::numeric_limits<std::uint64_t>::max()));
  hands.push_back(did);
  return std::move(hands);
}

// What things of one controller do for each other, or for it, is one's own. Source: domain.md 6.
Result<bool> is_ones_own(const ledger::Reader& state, const NewEvent& event) {
  if (event.source.empty()) return false;
  ICN_TRY_ASSIGN(own, hands_of(state, event.did));
  ICN_TRY_ASSIGN(others, hands_of(state, event.source));
  return std::ranges::find_first_of(own, others) != own.end();
}

}  // namespace

Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  const NewEvent& event) {
  ICN_TRY_ASSIGN(is_own, is_ones_own(view, event));
  if (is_own) return {};
  ICN_TRY_ASSIGN(recorded, record(block, view, event));
  tell(events, event, recorded);
  return recorded.is_changed ? economics::mark_inputs_changed(view, event.did) : Result<void>();
}

Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  economics::Books& books, const NewEvent& event) {
  ICN_TRY_ASSIGN(is_own, is_ones_own(view, event));
  if (is_own) return {};
  ICN_TRY_ASSIGN(recorded, record(block, view, event));
  tell(events, event, recorded);
  return recorded.is_changed ? books.inputs_changed(event.did) : Result<void>();
}

Result<void> note_delegated(ledger::View& view, const Did& did, const VotedIn& vote) {
  ICN_TRY_ASSIGN(is_new, count_delegated(view, did, vote));
  return is_new ? economics::mark_inputs_changed(view, did) : Result<void>();
}

}  // namespace icn::reputation
