#include "reputation/note.h"

#include <algorithm>
#include <set>

#include "economics/inputs.h"
#include "identity/control.h"

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

// An owner may be a thing in its turn: so many steps are followed.
constexpr int kControlSteps = 3;

// Itself, those whose it is, and those whose they are.
Result<std::set<Did>> hands_of(const ledger::Reader& state, const Did& did) {
  std::set<Did> hands{did};
  std::vector<Did> reached{did};
  for (int step = 0; step < kControlSteps && !reached.empty(); ++step) {
    std::vector<Did> next;
    for (const Did& each : reached) {
      ICN_TRY_ASSIGN(owners, identity::owners_of(state, each));
      for (const Did& owner : owners) {
        if (hands.insert(owner).second) next.push_back(owner);
      }
    }
    reached = std::move(next);
  }
  return hands;
}

// Losses count: nobody escapes them by making those it works for its owners.
Result<bool> is_own_gain(const ledger::BlockContext& block, const ledger::Reader& state,
                         const NewEvent& event) {
  if (event.source.empty() || delta_of(event.kind, *block.parameters).thousandths < 0) return false;
  return is_ones_own(state, event.did, event.source);
}

// Whether the standing changed, and with it the account's factors.
Result<bool> record_and_tell(const ledger::BlockContext& block, ledger::View& view,
                             std::vector<ledger::Event>& events, const NewEvent& event) {
  ICN_TRY_ASSIGN(is_own, is_own_gain(block, view, event));
  if (is_own) return false;
  ICN_TRY_ASSIGN(recorded, record(block, view, event));
  tell(events, event, recorded);
  return recorded.is_changed;
}

}  // namespace

Result<bool> is_ones_own(const ledger::Reader& state, const Did& one, const Did& other) {
  ICN_TRY_ASSIGN(hands, hands_of(state, one));
  ICN_TRY_ASSIGN(others, hands_of(state, other));
  return std::ranges::any_of(others, [&](const Did& each) { return hands.contains(each); });
}

Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  const NewEvent& event) {
  ICN_TRY_ASSIGN(is_changed, record_and_tell(block, view, events, event));
  return is_changed ? economics::mark_inputs_changed(view, event.did) : Result<void>();
}

Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  economics::Books& books, const NewEvent& event) {
  ICN_TRY_ASSIGN(is_changed, record_and_tell(block, view, events, event));
  return is_changed ? books.inputs_changed(event.did) : Result<void>();
}

Result<void> note_delegated(ledger::View& view, const Did& did, const VotedIn& vote) {
  ICN_TRY_ASSIGN(is_new, count_delegated(view, did, vote));
  return is_new ? economics::mark_inputs_changed(view, did) : Result<void>();
}

}  // namespace icn::reputation
