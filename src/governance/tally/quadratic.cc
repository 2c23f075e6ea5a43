#include "governance/tally/errors.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"
#include "governance/tally/standings.h"
#include "governance/tally/sums.h"

namespace icn::governance::tally {
namespace {

// Marks: (option, votes as a signed byte) for each option with votes, by option.
std::size_t size(const Election& election) { return election.options.size(); }

void apply(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums) {
  for (std::size_t i = 0; i + 1 < marks.size(); i += 2) {
    sums[static_cast<std::uint8_t>(marks[i])] +=
        sign * static_cast<std::int64_t>(share.members) * static_cast<std::int8_t>(marks[i + 1]);
  }
}

void decide(const Election& election, std::span<const std::int64_t> sums, Outcome& out) {
  elect_highest(election, sums, {}, out);
}

constexpr SumRule kRule{size, apply, decide, never_decided};

// n votes cost n squared: the whole votes that so many credits buy.
std::int64_t votes_for(std::int64_t credits) {
  std::int64_t votes = 0;
  while ((votes + 1) * (votes + 1) <= credits) ++votes;
  return votes;
}

Result<std::string> pack(const Election& election, const BallotContent& content) {
  if (is_abstention(content)) return packed_abstention();
  ICN_TRY(check_members(content, "credits"));
  std::string by_option(election.options.size(), '\0');
  std::int64_t spent = 0;
  for (const auto& [option, credits] : *content.credits) {
    ICN_TRY_ASSIGN(index, option_index(election, option));
    const bool is_against = credits < 0;
    const bool is_too_much = credits > kCreditsMax || credits < -kCreditsMax;
    if (!is_too_much) spent += is_against ? -credits : credits;
    if (is_too_much || spent > kCreditsMax) {
      return Error(kBadBallot, "a ballot spends " + std::to_string(kCreditsMax) +
                                   " credits at most, for and against together");
    }
    const std::int64_t votes = votes_for(is_against ? -credits : credits);
    by_option[index] = static_cast<char>(is_against ? -votes : votes);
  }
  std::string out(1, kVotes);
  for (std::size_t i = 0; i < by_option.size(); ++i) {
    if (by_option[i] != 0) out += {static_cast<char>(i), by_option[i]};
  }
  return out;
}

}  // namespace

constinit const Method kQuadratic{
    "quadratic",
    true,
    true,
    "credits",
    "the highest sum of votes for and against; n votes cost n squared of 100 credits",
    pack,
    start_count<kRule>,
    load_count<kRule>};

}  // namespace icn::governance::tally
