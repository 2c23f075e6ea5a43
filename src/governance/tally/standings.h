#pragma once

#include <span>
#include <vector>

#include "governance/tally/election.h"

// What score, approval and quadratic share: options in the order of their sums.
namespace icn::governance::tally {

// The options, the best first: the higher sum, then the higher of `second` (if given), then the smaller tie
// hash.
std::vector<std::uint32_t> order_options(const Election& election, std::span<const std::int64_t> sums,
                                         std::span<const std::int64_t> second = {});

// The first `seats` of them with a sum above 0 win; one round.
void elect_highest(const Election& election, std::span<const std::int64_t> sums,
                   std::span<const std::int64_t> second, Outcome& out);

// Whether the winners stay whatever `open` more ballots say, where a ballot adds 0 to `sum_step` to a sum and
// then as often `second_step` to the second.
bool standings_decided(const Election& election, std::span<const std::int64_t> sums,
                       std::span<const std::int64_t> second, std::int64_t open, std::int64_t sum_step);

}  // namespace icn::governance::tally
