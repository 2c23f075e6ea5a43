#include "consensus/cometbft/proposal.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace icn::consensus {
namespace {

int rank(const ledger::CheckedTransaction& transaction) {
  const std::string& type = transaction.envelope().type;
  return type.starts_with("federation.") || type.starts_with("governance.") ? 0 : 1;
}

}  // namespace

std::size_t bytes_in_block(std::size_t size) {
  std::size_t length_bytes = 1;
  for (std::size_t rest = size >> 7; rest > 0; rest >>= 7) ++length_bytes;
  return 1 + length_bytes + size;
}

std::vector<std::size_t> choose(std::span<const Candidate> candidates, std::size_t bytes_max) {
  std::size_t bytes = 0;
  for (const Candidate& each : candidates) bytes += each.bytes;
  std::vector<std::size_t> chosen;
  if (bytes <= bytes_max) {
    for (const Candidate& each : candidates) chosen.push_back(each.index);
    return chosen;
  }
  using Place = std::tuple<int, std::size_t, std::size_t>;  // rank, turn of the sender, candidate
  std::vector<Place> places;
  std::map<std::string_view, std::size_t> turns;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const ledger::CheckedTransaction& transaction = *candidates[i].transaction;
    places.emplace_back(rank(transaction), turns[transaction.envelope().sender.text()]++, i);
  }
  std::ranges::sort(places);
  std::size_t taken = 0;
  for (const auto& [rank, turn, i] : places) {
    if (taken + candidates[i].bytes > bytes_max) continue;
    taken += candidates[i].bytes;
    chosen.push_back(candidates[i].index);
  }
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace icn::consensus
