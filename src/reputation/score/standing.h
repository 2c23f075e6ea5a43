#pragma once

#include <vector>

#include "reputation/score/event.h"

// What the ledger keeps of one DID's doings: one row, so that a ballot or a receipt changes one.
// Format: docs/formats/reputation.md.
namespace icn::reputation {

struct DayCount {
  std::uint64_t day = 0;  // block time / 86,400
  std::uint32_t count = 0;
  static constexpr auto fields() {
    return described(codec::field("day", &DayCount::day), codec::field("count", &DayCount::count));
  }
  bool operator==(const DayCount&) const = default;
};

// How somebody takes part in the votes of one scope.
struct Engagement {
  std::string scope;
  std::uint64_t since = 0;           // number of the newest vote that opened before it could vote
  std::vector<std::uint64_t> voted;  // numbers of votes it cast a ballot in, rising
  static constexpr auto fields() {
    using codec::field;
    return described(field("scope", &Engagement::scope), field("since", &Engagement::since),
                     field("voted", &Engagement::voted));
  }
  bool operator==(const Engagement&) const = default;
};

// The largest jobs that an accepted receipt of somebody else's job shows it has run.
struct Proven {
  std::uint32_t cpu_cores = 0;
  std::uint32_t memory_mb = 0;
  std::uint32_t storage_mb = 0;
  std::uint32_t gpu = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("cpu_cores", &Proven::cpu_cores), field("memory_mb", &Proven::memory_mb),
                     field("storage_mb", &Proven::storage_mb), field("gpu", &Proven::gpu));
  }
  bool operator==(const Proven&) const = default;
};

struct Standing {
  Points score = kPointsStart;  // after the newest event, without the fading since
  TimestampSecs last_event = 0;
  std::uint64_t gain_day = 0;  // day that `gained` belongs to
  Points gained;
  std::uint64_t events = 0;
  std::uint32_t contested = 0;         // open arbitrations
  std::vector<DayCount> activity;      // of the last 30 days, by day; a day counts kActivityMax at most
  std::uint32_t receipts = 0;          // accepted ones, up to kReceiptsMax
  std::uint32_t endorsements = 0;      // of different people
  std::uint32_t counterparties = 0;    // who ever gave a positive event
  std::vector<Engagement> engagement;  // of scopes it may vote in, by scope
  std::uint32_t failures = 0;          // jobs lost or found wrong, up to kReceiptsMax
  Proven proven;
  std::uint64_t frozen_until_secs = 0;  // running time; until then it gains nothing
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("score", &Standing::score), field("last_event", &Standing::last_event),
        field("gain_day", &Standing::gain_day), field("gained", &Standing::gained),
        field("events", &Standing::events), field("contested", &Standing::contested),
        field("activity", &Standing::activity), field("receipts", &Standing::receipts),
        field("endorsements", &Standing::endorsements), field("counterparties", &Standing::counterparties),
        field("engagement", &Standing::engagement), field("failures", &Standing::failures),
        field("proven", &Standing::proven), field("frozen_until_secs", &Standing::frozen_until_secs));
  }
  bool operator==(const Standing&) const = default;
};

// Positive events that one counterparty gave one DID lately. Key (DID, counterparty).
struct Pair {
  std::vector<DayCount> positive;  // of the last 30 days, by day
  static constexpr auto fields() { return described(codec::field("positive", &Pair::positive)); }
  bool operator==(const Pair&) const = default;
};

// A vote that opened in a scope.
struct OpenedVote {
  std::uint64_t number = 0;       // in the scope, from 1 on
  std::uint64_t counted_day = 0;  // it counts from this day on: its voting is over then
  static constexpr auto fields() {
    return described(codec::field("number", &OpenedVote::number),
                     codec::field("counted_day", &OpenedVote::counted_day));
  }
  bool operator==(const OpenedVote&) const = default;
};

// The newest votes of a scope. Key: the scope.
struct ScopeVotes {
  std::uint64_t opened = 0;       // ever
  std::vector<OpenedVote> votes;  // the newest kScopeVotesMax of the last 90 days, by number
  static constexpr auto fields() {
    return described(codec::field("opened", &ScopeVotes::opened), codec::field("votes", &ScopeVotes::votes));
  }
};

inline constexpr std::uint32_t kActivityMax = 20;
inline constexpr std::uint32_t kReceiptsMax = 1'000;
inline constexpr std::size_t kScopeVotesMax = 200;

}  // namespace icn::reputation
