#pragma once

#include <vector>

#include "economics/books.h"
#include "reputation/score/record.h"

// How jobs, ballots and proposals tell what somebody did. Thread: the ledger's writer.
namespace icn::reputation {

// Event type: {did, event_id, kind, delta, score, reference}.
inline constexpr std::string_view kReputationEvent = "ReputationChanged";

// Whether they are one DID, a thing (device, service, ephemeral DID) and whose it is, or things of one owner
// (identity::owners_of(): nobody owns by being named); owners that are things themselves are followed, three
// steps from each.
// Source: domain.md 6.
Result<bool> is_ones_own(const ledger::Reader& state, const Did& one, const Did& other);

// record(), tells it, and has the account's factors read anew at its next write. What would add and comes
// from one's own is nothing; losses count.
Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  const NewEvent& event);
// The same beside open books, which hold accounts in memory.
Result<void> note(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>& events,
                  economics::Books& books, const NewEvent& event);
// count_delegated(), and has the account's factors read anew.
Result<void> note_delegated(ledger::View& view, const Did& did, const VotedIn& vote);

}  // namespace icn::reputation
