#include "governance/tally/standings.h"

#include <algorithm>
#include <numeric>

#include "governance/tally/method.h"

namespace icn::governance::tally {

std::vector<std::uint32_t> order_options(const Election& election, std::span<const std::int64_t> sums,
                                         std::span<const std::int64_t> second) {
  std::vector<crypto::Hash> hashes;
  for (const auto& option : election.options) hashes.push_back(tie_hash(election.proposal_id, option));
  std::vector<std::uint32_t> order(election.options.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    if (sums[left] != sums[right]) return sums[left] > sums[right];
    if (!second.empty() && second[left] != second[right]) return second[left] > second[right];
    return hashes[left] < hashes[right];
  });
  return order;
}

void elect_highest(const Election& election, std::span<const std::int64_t> sums,
                   std::span<const std::int64_t> second, Outcome& out) {
  out.options = election.options;
  Round round;
  for (std::uint32_t i = 0; i < election.options.size(); ++i) {
    round.counts.emplace_back(i, whole_votes(sums[i]));
  }
  for (const std::uint32_t option : order_options(election, sums, second)) {
    if (out.winners.size() == election.seats || sums[option] <= 0) break;
    out.winners.push_back(option);
  }
  round.elected = out.winners;
  out.passes = !out.winners.empty();
  out.rounds.push_back(std::move(round));
}

bool standings_decided(const Election& election, std::span<const std::int64_t> sums,
                       std::span<const std::int64_t> second, std::int64_t open, std::int64_t sum_step) {
  const auto order = order_options(election, sums, second);
  if (sums[order[election.seats - 1]] <= 0) return false;
  std::vector<std::int64_t> raised(sums.begin(), sums.end());
  std::vector<std::int64_t> raised_second(second.begin(), second.end());
  for (std::size_t i = election.seats; i < order.size(); ++i) {
    raised[order[i]] += open * sum_step;
    if (!second.empty()) raised_second[order[i]] += open;
  }
  auto after = order_options(election, raised, raised_second);
  const auto seats = static_cast<std::ptrdiff_t>(election.seats);
  std::sort(after.begin(), after.begin() + seats);
  std::vector<std::uint32_t> before(order.begin(), order.begin() + seats);
  std::sort(before.begin(), before.end());
  return std::equal(before.begin(), before.end(), after.begin());
}

}  // namespace icn::governance::tally
