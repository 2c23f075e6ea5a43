#pragma once

#include <array>
#include <map>

#include "federation/directory/trust.h"

// What edges of trust say together: paths from one DID to another, and the rank of each. Integers only.
// Source: domain.md 6 "Trust". Thread: any.
namespace icn::federation {

inline constexpr std::size_t kTrustHopsMax = 3;
inline constexpr std::size_t kTrustEdgesReadMax = 20'000;  // for one question

struct TrustPath {
  std::vector<Did> dids;                // from the first to the last
  std::uint32_t trust_thousandths = 0;  // 1000: Basic
  TrustLevel level = TrustLevel::kNone;
};

// Trust over a path is that of its weakest edge, less a fifth for each hop beyond the first; what comes to
// less than Basic is none. In thousandths.
std::uint32_t path_trust(TrustLevel weakest, std::size_t hops);

struct TrustPaths {
  std::vector<TrustPath> paths;  // the most trust first, then the shortest, then by DIDs
  bool is_complete = true;       // false: there were more edges than are read for one question
};
// In one context alone.
Result<TrustPaths> find_trust_paths(const ledger::Reader& state, const Did& from, const Did& to,
                                    TrustContext context);

// Weight of an edge for ranks: its level, halved every 90 days since it was last said, in 2^20 parts.
std::uint64_t edge_weight(TrustLevel level, std::uint64_t age_secs);

struct RankedEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint64_t weight = 0;
};
// PageRank over `nodes`, d = 0.85, 50 rounds exactly; 10^9 is the mean. Nodes without edges share out evenly.
std::vector<std::uint64_t> page_rank(std::size_t nodes, const std::vector<RankedEdge>& edges);

inline constexpr std::size_t kTrustContexts = 8;

// Of the whole graph at one moment.
struct TrustRanks {
  TimestampSecs at = 0;
  std::uint64_t edges = 0;
  std::map<TrustLevel, std::uint64_t> by_level;
  std::map<TrustContext, std::uint64_t> by_context;
  std::map<Did, std::uint32_t> numbers;  // of all DIDs with an edge
  std::vector<std::uint64_t> ranks;      // by number; 10^9 is the mean
  // Over the edges of one context; 0: it has none there.
  std::array<std::vector<std::uint64_t>, kTrustContexts> ranks_in;
  // How unequal the ranks are: 0 all the same, 10^6 one has all.
  std::uint32_t gini_ppm = 0;
};
Result<TrustRanks> rank_all(const ledger::Reader& state, TimestampSecs now);

}  // namespace icn::federation
