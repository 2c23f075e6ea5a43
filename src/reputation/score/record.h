#pragma once

#include <optional>

#include "ledger/context.h"
#include "ledger/view.h"
#include "reputation/score/arithmetic.h"
#include "reputation/score/tables.h"

// How events and doings come into a standing. Thread: the ledger's writer, but for what takes a Reader.
// Nobody is told and no account learns of it: ../note.h does that. Source: domain.md 6.
namespace icn::reputation {

inline constexpr ErrorKind kEventNotFound{Category::kNotFound, "event_not_found", "there is no such event"};

// That of a DID of which nothing is known when there is none.
Result<Standing> load_standing(const ledger::Reader& state, const Did& did);

// A ballot in vote `number` of the scope.
struct VotedIn {
  std::string scope;
  std::uint64_t number = 0;
};

struct NewEvent {
  Did did;
  EventKind kind = EventKind::kVoteCast;
  Did source;                            // counterparty; empty: none
  std::string reference;                 // what it is about
  std::optional<VotedIn> voted_in = {};  // of kVoteCast
  Proven proven = {};                    // of kSuccessfulJob: what the job asked for
};

struct Recorded {
  std::uint64_t number = 0;  // of the event; 0: nothing counted, and none was kept
  Event event;
  Points score;             // afterwards
  bool is_changed = false;  // of the standing
};
// While a reputation is frozen it gains nothing, and loses as ever.
// The n-th positive event with one source within 30 days weighs 1 / n, and a day gives
// reputation.day_gain_max at most. What weighs nothing leaves no event, but counts as activity. What one does
// for oneself is nothing at all.
Result<Recorded> record(const ledger::BlockContext& block, ledger::View& view, const NewEvent& event);

// event_not_found
Result<Event> load_event(const ledger::Reader& state, const Did& did, std::uint64_t number);
// The event stops counting, counts again, or never does. event_not_found
Result<void> set_event_state(const ledger::BlockContext& block, ledger::View& view, const Did& did,
                             std::uint64_t number, EventState state);

// Somebody's ballot counted for `did` in that vote, as it was delegated: the share of votes it takes part in,
// and nothing else. Answers whether that is new.
Result<bool> count_delegated(ledger::View& view, const Did& did, const VotedIn& vote);
// Of the endorser: it counts as activity alone.
Result<void> note_endorsing(const ledger::BlockContext& block, ledger::View& view, const Did& did);
// Until that running time `did` gains nothing.
Result<void> freeze(ledger::View& view, const Did& did, std::uint64_t until_secs);
// Somebody who had not endorsed `did` before.
Result<void> note_endorser(ledger::View& view, const Did& did);

// A vote opens in the scope; answers its number. `counted_day`: the first day (running time) after its end.
Result<std::uint64_t> note_vote_opened(ledger::View& view, const std::string& scope,
                                       std::uint64_t counted_day, std::uint64_t today);
// `did` became a voter of the scope, or ceased to be one: its engagement begins, or is forgotten.
Result<void> note_voter(ledger::View& view, const std::string& scope, const Did& did, bool is_voter);
// Of all scopes one may vote in.
Result<Turnout> turnout_of(const ledger::Reader& state, const Standing& standing, std::uint64_t day);

}  // namespace icn::reputation
