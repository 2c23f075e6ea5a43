#include "governance/tally/quorum.h"

#include <algorithm>

namespace icn::governance::tally {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kMillion = 1'000'000;

// ppm of `eligible`, rounded up: P reaches it when 1,000,000 P >= ppm E.
std::uint64_t share_of(std::uint64_t ppm, std::uint64_t eligible) {
  return static_cast<std::uint64_t>((Wide(ppm) * eligible + kMillion - 1) / kMillion);
}

std::uint64_t dynamic_ppm(const QuorumTerms& terms) {
  const std::uint64_t importance_ppm =
      std::min(kMillion, (terms.is_constitutional ? 500'000u : 0u) + (terms.is_emergency ? 400'000u : 0u) +
                             (terms.is_large_budget ? std::uint64_t{300'000} : 0u));
  return 200'000 + 300'000 * importance_ppm / kMillion;
}

}  // namespace

std::uint64_t quorum_needed(const QuorumTerms& terms, std::uint64_t eligible) {
  std::uint64_t needed = 1;
  switch (terms.kind) {
    case QuorumKind::kPercent:
      needed = share_of(terms.value, eligible);
      break;
    case QuorumKind::kFixed:
      needed = terms.value;
      break;
    case QuorumKind::kNone:
      break;
    case QuorumKind::kDynamic:
      needed = share_of(dynamic_ppm(terms), eligible);
      break;
  }
  return std::max({std::uint64_t{1}, needed, share_of(terms.floor_ppm, eligible)});
}

}  // namespace icn::governance::tally
