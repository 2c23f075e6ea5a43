#pragma once

#include "governance/live_counts.h"
#include "governance/tally/outcome_view.h"
#include "governance/vote.h"

namespace icn::governance {

// How a vote stands: while it is open, of the ballots cast so far; afterwards what it came to.
struct TallyStanding {
  std::string proposal_id;
  ProposalState state = ProposalState::kVoting;
  std::uint32_t revision = 1;
  std::uint32_t round = 1;
  VotingMethod voting_method = VotingMethod::kSimpleMajority;
  bool is_final = false;
  bool is_sealed = false;  // nothing but the turnout is known yet
  std::uint64_t eligible = 0;
  std::uint64_t ballots_cast = 0;  // members with a ballot of their own
  std::uint64_t revealed = 0;      // of sealed ones
  std::uint64_t carried = 0;       // members who follow a delegate; known when it is counted
  std::uint64_t quorum_needed = 0;
  std::uint64_t quorum_missing = 0;
  std::optional<std::uint64_t> yes;
  std::optional<std::uint64_t> no;
  std::optional<std::uint64_t> veto;
  std::optional<std::uint64_t> abstain;
  std::optional<tally::OutcomeView> outcome;  // absent: sealed, or more ballots than are counted for a read
  std::optional<std::uint64_t> ballots_counted;
  std::optional<bool> would_pass;
  static constexpr std::string_view schema_name = "TallyStanding";
  static constexpr auto fields() {
    using codec::field;
    using S = TallyStanding;
    return described(
        field("proposal_id", &S::proposal_id), field("state", &S::state), field("revision", &S::revision),
        field("round", &S::round), field("voting_method", &S::voting_method),
        field("is_final", &S::is_final, "false: of the ballots cast so far, delegations apart"),
        field("is_sealed", &S::is_sealed, "what the ballots say is not known yet"),
        field("eligible", &S::eligible),
        field("ballots_cast", &S::ballots_cast, "members with an own ballot"),
        field("revealed", &S::revealed, "of sealed ballots"),
        field("carried", &S::carried, "members who follow a delegate, once it is counted"),
        field("quorum_needed", &S::quorum_needed), field("quorum_missing", &S::quorum_missing),
        field("yes", &S::yes), field("no", &S::no, "without vetoes"), field("veto", &S::veto),
        field("abstain", &S::abstain),
        field("outcome", &S::outcome, "absent: sealed, or too many ballots for a count in between"),
        field("ballots_counted", &S::ballots_counted,
              "ballots in that outcome, replaced ones too: of a large vote it may be some seconds old"),
        field("would_pass", &S::would_pass,
              "if it ended now: the outcome passes, nobody vetoed it and no quorum is missing; absent: no "
              "outcome"));
  }
};

// Ballots of a method that keeps no sums that are counted for one read, at most.
inline constexpr std::uint64_t kReadCountMax = 20'000;

// What a look at a vote costs others.
struct CountBudget {
  const Clock& clock;
  LiveCounts& counts;
};

// G003: voting has not begun. Thread: any.
Result<TallyStanding> standing_of(const ledger::Reader& state, const Proposal& proposal,
                                  const CountBudget& budget);

// The same for a proposal's page; none: voting has not begun, or the ballots are sealed.
Result<std::optional<codec::Json>> tally_so_far(const ledger::Reader& state, const Proposal& proposal,
                                                const CountBudget& budget);

}  // namespace icn::governance
