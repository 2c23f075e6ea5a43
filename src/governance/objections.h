#pragma once

#include "governance/ballot_tables.h"
#include "governance/vote.h"
#include "ledger/context.h"

// Objections to a vote by consent. An objection is a ballot that takes this position and names the harm; it
// is withdrawn by a later ballot of its owner, and goes on when they raise it again in the same round. Two
// thirds of those who may vote can find it not paramount: it stands as a concern then. Nobody else sets it
// aside. Thread: the ledger's writer. Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kObjectionEvent =
    "ObjectionChanged";  // {proposal_id, scope, objection_id, voter, is_set_aside, is_withdrawn}

// How many must find an objection not paramount: 3 n >= 2 E.
constexpr std::uint64_t set_aside_needed(std::uint64_t eligible) { return (2 * eligible + 2) / 3; }

void tell_objection(const Proposal& proposal, const Objection& objection, std::vector<ledger::Event>& events);

// Notes what a ballot of `voter` means for their objection: a new one, or that the former one is withdrawn.
Result<void> note_position(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal,
                           const Did& voter, const tally::BallotContent& content,
                           const std::string& ballot_id, std::vector<ledger::Event>& events);

// objection_not_found
Result<Objection> load_objection(const ledger::Reader& state, const std::string& vote_id,
                                 const std::string& objection_id);

// Those that were set aside and whose ballots are the newest of their owners.
Result<std::vector<Objection>> objections_set_aside(const ledger::Reader& state, const std::string& vote_id);

// At the end of the voting: their ballots become concerns, in their rows and in the sums of `box`. The caller
// writes the box.
Result<void> set_objections_aside(ledger::View& view, const Contest& contest, const std::string& vote_id,
                                  BallotBox& box);
// The same for a count that only looks.
Result<void> look_past_objections(const ledger::Reader& state, const Contest& contest,
                                  const std::string& vote_id, tally::Count& count);

}  // namespace icn::governance
