#pragma once

#include <optional>

#include "governance/ballot_tables.h"
#include "governance/vote.h"
#include "ledger/context.h"
#include "ledger/view.h"

// Who may vote. A scope counts the changes of its voters, and each member keeps between which of them they
// were one: a vote that opens notes the number it opened at and copies nobody, and the set of any earlier
// moment can still be read. Source: domain.md 4 "eligibility fixed by Merkle root when voting opens".
namespace icn::governance {

// What a member is in votes.
struct VoterState {
  bool may_vote = false;
  std::uint32_t weight = 1;
  friend bool operator==(const VoterState&, const VoterState&) = default;
};
// `did` became a voter of the scope, ceased to be one, or its vote weighs something else. Thread: the ledger's
// writer.
Result<void> note_voter(ledger::View& view, const std::string& scope, const Did& did,
                        const VoterState& before, const VoterState& after);

Result<std::uint64_t> voter_version(const ledger::Reader& state, const std::string& scope);

inline bool is_voter_at(const VoterSpans& spans, std::uint64_t version) {
  std::size_t passed = 0;
  while (passed < spans.changes.size() && spans.changes[passed] <= version) ++passed;
  return passed % 2 == 1;
}
Result<bool> was_voter(const ledger::Reader& state, const std::string& scope, const Did& did,
                       std::uint64_t version);

inline std::uint64_t weight_at(const VoterSpans& spans, std::uint64_t version) {
  std::uint64_t weight = 1;
  for (std::size_t i = 0; i + 1 < spans.weights.size() && spans.weights[i] <= version; i += 2)
    weight = spans.weights[i + 1];
  return weight;
}
// What a voter's ballot counts for: one member, of `weighted` with the weight it had when voting opened.
Result<tally::Share> share_of(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                              const Did& voter);
// What all who may vote in the scope weigh together, of whom there are `voters`.
Result<std::uint64_t> total_weight(const ledger::Reader& state, const std::string& scope,
                                   std::uint64_t voters);

// Begins the eligible root of a vote that opens: of a small scope it is there at once, else
// kEligibleDue goes on with count_step members a block. The caller writes both.
Result<void> fix_eligible(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                          Vote& vote, std::uint64_t eligible_count);
inline bool is_rooted(const Proposal& proposal, const Vote& vote) {
  return vote.eligible_rooted == proposal.eligible_count;
}

inline constexpr std::string_view kEligibleDue = "governance.eligible";
Result<void> run_eligible_due(const ledger::BlockContext& block, const std::string& vote_id,
                              ledger::View& view, std::vector<ledger::Event>& events);

}  // namespace icn::governance
