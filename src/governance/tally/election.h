#pragma once

#include <string>
#include <vector>

#include "governance/tally/ballot.h"

// What a count needs to know of a proposal, and what it comes to.
namespace icn::governance::tally {

// The terms of one vote. What a method does not use stays at its default.
struct Election {
  std::string proposal_id;  // breaks ties with the option's id
  std::string method;       // a name of methods()
  std::vector<std::string> options;
  std::uint32_t seats = 1;
  std::uint64_t threshold_ppm = 500'000;  // yes/no: 500,000 strictly more than half, larger: at least
  std::uint64_t numerator = 2;            // supermajority
  std::uint64_t denominator = 3;
  std::uint64_t minus = 0;     // unanimous: so many may be against
  std::uint64_t eligible = 0;  // conviction: E
  std::uint64_t decay_ppm = 900'000;
  std::uint64_t share_ppm = 300'000;
  std::vector<std::uint64_t> supporters;  // conviction: at each daily accrual, the first first

  static constexpr std::string_view schema_name = "Election";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        defaulted_field("proposal_id", &Election::proposal_id, "breaks ties", {0, 100}),
        field("method", &Election::method),
        defaulted_field("options", &Election::options, "ids of what is chosen from", {0, 100}),
        defaulted_field("seats", &Election::seats, "how many options win", {1, 100}),
        defaulted_field("threshold_ppm", &Election::threshold_ppm,
                        "yes/no: 500000 is more than half, anything larger at least", {500'000, 1'000'000}),
        defaulted_field("numerator", &Election::numerator, "supermajority", {1, 1'000'000}),
        defaulted_field("denominator", &Election::denominator, "supermajority", {1, 1'000'000}),
        defaulted_field("minus", &Election::minus, "unanimous: so many may be against", {0, 2}),
        defaulted_field("eligible", &Election::eligible, "conviction: eligible members", {0, 1ll << 40}),
        defaulted_field("decay_ppm", &Election::decay_ppm, "conviction: left after a day", {0, 999'999}),
        defaulted_field("share_ppm", &Election::share_ppm, "conviction: of the eligible", {1, 1'000'000}),
        defaulted_field("supporters", &Election::supporters, "conviction: at each day's end", {0, 3'650}));
  }
};

// bad_election: names what is wrong and what is allowed. unknown_voting_method.
Result<void> check_election(const Election& election);

// Whom a ballot stands for: its voter and those who delegated to it.
struct Share {
  std::uint64_t members = 1;
  std::uint64_t weight = 1;  // `weighted` alone looks at it
};

// A number of votes in units of 10^-5, as the Scottish rules count them; whole where nothing is transferred.
// JSON: a number with five decimals at most.
struct Votes {
  std::int64_t hundred_thousandths = 0;
  auto operator<=>(const Votes&) const = default;
};
constexpr Votes whole_votes(std::int64_t count) { return {count * 100'000}; }

struct Round {
  std::vector<std::pair<std::uint32_t, Votes>> counts;  // of the options not eliminated before
  std::vector<std::uint32_t> elected;
  std::vector<std::uint32_t> eliminated;
  std::optional<std::uint32_t> transferred;  // whose surplus made this round
  bool operator==(const Round&) const = default;
};

// What a vote came to. `options` are those of the election; of a yes/no vote yes, no, abstain, no_with_veto;
// of consent the positions. Numbers are members; yes, no and veto of `weighted` are weight.
struct Outcome {
  std::vector<std::string> options;
  std::uint64_t yes = 0;
  std::uint64_t no = 0;  // without those below
  std::uint64_t veto = 0;
  std::uint64_t abstain = 0;
  std::uint64_t participated = 0;      // P, always in members
  bool passes = false;                 // the method's rule and the threshold; the quorum is another matter
  bool vetoed = false;                 // 3 v > y + N
  std::vector<std::uint32_t> winners;  // indexes, the first elected first; of a yes/no vote yes or no
  std::vector<Round> rounds;
  Votes exhausted;  // not with any option any more, lost fractions with them
  bool operator==(const Outcome&) const = default;
};

}  // namespace icn::governance::tally

namespace icn::codec {

template <>
struct JsonValue<governance::tally::Votes> {
  static Result<governance::tally::Votes> read(const Json& json, UnknownMembers) {
    if (json.number() == nullptr) return wrong_kind("a number with at most 5 decimals", json);
    ICN_TRY_ASSIGN(value, read_decimal(json.number()->text, 5));
    return governance::tally::Votes{value};
  }
  static void write(governance::tally::Votes value, std::string& out) {
    out += write_decimal(value.hundred_thousandths, 5);
  }
};

}  // namespace icn::codec
