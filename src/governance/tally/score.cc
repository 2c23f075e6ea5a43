#include "governance/tally/errors.h"
#include "governance/tally/packing.h"
#include "governance/tally/rows.h"
#include "governance/tally/standings.h"
#include "governance/tally/sums.h"

namespace icn::governance::tally {
namespace {

// The sum of each option, then how many tens each has. Marks: (option, score) for each score above 0, by
// option.
std::size_t size(const Election& election) { return 2 * election.options.size(); }

void apply(std::string_view marks, Share share, std::int64_t sign, std::span<std::int64_t> sums) {
  const std::int64_t members = sign * static_cast<std::int64_t>(share.members);
  for (std::size_t i = 0; i + 1 < marks.size(); i += 2) {
    const auto option = static_cast<std::uint8_t>(marks[i]);
    sums[option] += members * marks[i + 1];
    if (static_cast<std::uint8_t>(marks[i + 1]) == kScoreMax) sums[sums.size() / 2 + option] += members;
  }
}

void decide(const Election& election, std::span<const std::int64_t> sums, Outcome& out) {
  const std::size_t count = election.options.size();
  elect_highest(election, sums.first(count), sums.subspan(count), out);
}

bool is_decided(const Election& election, std::span<const std::int64_t> sums, Share open) {
  const std::size_t count = election.options.size();
  return standings_decided(election, sums.first(count), sums.subspan(count),
                           static_cast<std::int64_t>(open.members), kScoreMax);
}

constexpr SumRule kRule{size, apply, decide, is_decided};

Result<std::string> pack(const Election& election, const BallotContent& content) {
  if (is_abstention(content)) return packed_abstention();
  ICN_TRY(check_members(content, "scores"));
  std::string by_option(election.options.size(), '\0');
  for (const auto& [option, score] : *content.scores) {
    ICN_TRY_ASSIGN(index, option_index(election, option));
    if (score > kScoreMax) {
      return Error(kBadBallot,
                   "a score is 0 to " + std::to_string(kScoreMax) + ", not " + std::to_string(score));
    }
    by_option[index] = static_cast<char>(score);
  }
  std::string out(1, kVotes);
  for (std::size_t i = 0; i < by_option.size(); ++i) {
    if (by_option[i] != 0) out += {static_cast<char>(i), by_option[i]};
  }
  return out;
}

}  // namespace

constinit const Method kScore{"score",
                              true,
                              true,
                              "scores",
                              "the highest sum of scores of 0 to 10; a tie by more tens",
                              pack,
                              start_count<kRule>,
                              load_count<kRule>};

}  // namespace icn::governance::tally
