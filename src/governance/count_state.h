#pragma once

#include <array>
#include <string>
#include <vector>

#include "codec/records.h"

// How a vote that has closed is counted, as the ledger holds it between two blocks. Format:
// docs/formats/ballots.md.
namespace icn::governance {

enum class CountPhase { kReveal, kBallots, kDelegations, kCarry, kCredit, kAdvance, kDone };
constexpr auto enum_names(CountPhase) {
  using enum CountPhase;
  using Name = std::pair<CountPhase, std::string_view>;
  return std::array{Name(kReveal, "reveal"), Name(kBallots, "ballots"), Name(kDelegations, "delegations"),
                    Name(kCarry, "carry"),   Name(kCredit, "credit"),   Name(kAdvance, "advance"),
                    Name(kDone, "done")};
}

// How far a vote that has closed is counted, and what it came to.
struct CountState {
  CountPhase phase = CountPhase::kBallots;
  codec::HexBytes cursor;      // the last row that was taken
  std::uint64_t rows = 0;      // taken so far
  std::uint64_t chunks = 0;    // of delegations, then of those who follow one
  std::uint64_t carried = 0;   // members who follow a delegate's ballot
  codec::HexBytes sums;        // of the Count, or the stages of a ranked one
  std::uint64_t rankings = 0;  // chunks of them
  std::uint64_t seen = 0;      // chunks that the running stage has seen
  std::string outcome;         // JSON of tally::OutcomeView, once it is counted
  std::uint64_t credited = 0;  // chunks of followers whose part in the vote is noted
  static constexpr auto fields() {
    using codec::field;
    return described(field("phase", &CountState::phase), field("cursor", &CountState::cursor),
                     field("rows", &CountState::rows), field("chunks", &CountState::chunks),
                     field("carried", &CountState::carried), field("sums", &CountState::sums),
                     field("outcome", &CountState::outcome), field("rankings", &CountState::rankings),
                     field("seen", &CountState::seen), field("credited", &CountState::credited));
  }
};

// A delegation that speaks of a vote, while that is counted, and how its delegate stood when voting ended.
struct CountedLink {
  Did from;  // may vote, and cast no ballot
  Did to;
  std::uint32_t specificity = 0;
  std::uint64_t created_secs = 0;
  std::string id;
  bool is_to_eligible = false;
  bool is_to_suspended = false;
  codec::HexBytes to_packed;  // the delegate's own ballot; empty: none
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("from", &CountedLink::from), field("to", &CountedLink::to),
        field("specificity", &CountedLink::specificity), field("created_secs", &CountedLink::created_secs),
        field("id", &CountedLink::id), field("is_to_eligible", &CountedLink::is_to_eligible),
        field("is_to_suspended", &CountedLink::is_to_suspended), field("to_packed", &CountedLink::to_packed));
  }
};
// What one step found: delegations, members whose delegate's ballot counts, or rankings (ranking_chunks.h).
// Key (vote, number from 0), rankings from kFirstRankings on.
struct CountChunk {
  std::vector<CountedLink> links;
  codec::HexBytes rankings;
  std::vector<Did> followers;
  static constexpr auto fields() {
    return codec::described(codec::field("links", &CountChunk::links),
                            codec::field("rankings", &CountChunk::rankings),
                            codec::field("followers", &CountChunk::followers));
  }
};
inline constexpr std::uint64_t kFirstRankings = std::uint64_t{1} << 32;

}  // namespace icn::governance
