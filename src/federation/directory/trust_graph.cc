#include "federation/directory/trust_graph.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace icn::federation {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kHalfLifeSecs = 90 * 86'400;
constexpr std::uint64_t kWeightOne = 1u << 20;
constexpr std::uint64_t kMeanRank = 1'000'000'000;
constexpr std::size_t kRounds = 50;

// Edges of one context by the DID at their other end.
using Ends = std::map<Did, TrustLevel>;

class PathSearch {
 public:
  PathSearch(const ledger::Reader& state, TrustContext context) : state_(state), context_(context) {}

  Result<TrustPaths> run(const Did& from, const Did& to) {
    ICN_TRY_ASSIGN(outgoing, ends(from, false));
    ICN_TRY_ASSIGN(incoming, ends(to, true));
    if (const auto direct = outgoing.find(to); direct != outgoing.end()) add({from, to}, direct->second);
    for (const auto& [first, level] : outgoing) {
      if (first == to || level < TrustLevel::kPartial) continue;
      if (const auto last = incoming.find(first); last != incoming.end())
        add({from, first, to}, std::min(level, last->second));
      ICN_TRY_ASSIGN(next, ends(first, false));
      for (const auto& [second, middle] : next) {
        const auto last = incoming.find(second);
        if (second == from || second == to || last == incoming.end()) continue;
        add({from, first, second, to}, std::min({level, middle, last->second}));
      }
    }
    std::ranges::sort(out_.paths, [](const TrustPath& one, const TrustPath& other) {
      return std::tuple(other.trust_thousandths, one.dids.size(), one.dids) <
             std::tuple(one.trust_thousandths, other.dids.size(), other.dids);
    });
    return std::move(out_);
  }

 private:
  Result<Ends> ends(const Did& did, bool is_incoming) {
    Ends found;
    const auto index = is_incoming ? std::optional<std::size_t>(0) : std::nullopt;
    ICN_TRY_ASSIGN(rows,
                   kTrustEdges.scan(state_, ledger::prefix_range(ledger::key_of(did, context_), index)));
    while (true) {
      if (read_ >= kTrustEdgesReadMax) {
        out_.is_complete = false;
        return found;
      }
      ICN_TRY_ASSIGN(edge, rows.next());
      if (!edge) return found;
      ++read_;
      found.emplace(is_incoming ? edge->from : edge->to, edge->level);
    }
  }

  void add(std::vector<Did> dids, TrustLevel weakest) {
    const std::uint32_t trust = path_trust(weakest, dids.size() - 1);
    if (trust != 0) out_.paths.push_back({std::move(dids), trust, static_cast<TrustLevel>(trust / 1'000)});
  }

  const ledger::Reader& state_;
  TrustContext context_;
  std::size_t read_ = 0;
  TrustPaths out_;
};

// Ranks in order: sum of (2 i - n - 1) x_i / (n sum of x).
std::uint32_t gini_of(std::vector<std::uint64_t> values) {
  std::ranges::sort(values);
  const auto count = static_cast<std::int64_t>(values.size());
  __extension__ using Signed = __int128;
  Signed weighted = 0;
  Signed sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<Signed>(values[static_cast<std::size_t>(i)]);
    weighted += (2 * (i + 1) - count - 1) * value;
    sum += value;
  }
  return sum == 0 ? 0 : static_cast<std::uint32_t>(weighted * 1'000'000 / (sum * count));
}

}  // namespace

std::uint32_t path_trust(TrustLevel weakest, std::size_t hops) {
  if (hops == 0 || hops > kTrustHopsMax) return 0;
  std::uint32_t trust = static_cast<std::uint32_t>(weakest) * 1'000;
  for (std::size_t hop = 1; hop < hops; ++hop) trust = trust * 4 / 5;
  return trust < 1'000 ? 0 : trust;
}

Result<TrustPaths> find_trust_paths(const ledger::Reader& state, const Did& from, const Did& to,
                                    TrustContext context) {
  return PathSearch(state, context).run(from, to);
}

std::uint64_t edge_weight(TrustLevel level, std::uint64_t age_secs) {
  const std::uint64_t halvings = age_secs / kHalfLifeSecs;
  if (halvings >= 20) return 0;
  const std::uint64_t whole = (static_cast<std::uint64_t>(level) * kWeightOne) >> halvings;
  // Between two halvings in a straight line.
  return whole - whole * (age_secs % kHalfLifeSecs) / (2 * kHalfLifeSecs);
}

std::vector<std::uint64_t> page_rank(std::size_t nodes, const std::vector<RankedEdge>& edges) {
  std::vector<std::uint64_t> outgoing(nodes, 0);
  for (const RankedEdge& edge : edges) outgoing[edge.from] += edge.weight;
  std::vector<std::uint64_t> ranks(nodes, kMeanRank);
  std::vector<std::uint64_t> given(nodes);
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::ranges::fill(given, 0);
    for (const RankedEdge& edge : edges) {
      if (edge.weight == 0) continue;
      given[edge.to] +=
          static_cast<std::uint64_t>(Wide{ranks[edge.from]} * edge.weight / outgoing[edge.from]);
    }
    Wide idle = 0;
    for (std::size_t i = 0; i < nodes; ++i) idle += outgoing[i] == 0 ? ranks[i] : 0;
    const auto share = static_cast<std::uint64_t>(nodes == 0 ? Wide{0} : idle / nodes);
    for (std::size_t i = 0; i < nodes; ++i)
      ranks[i] = kMeanRank * 15 / 100 + static_cast<std::uint64_t>(Wide{given[i] + share} * 85 / 100);
  }
  return ranks;
}

Result<TrustRanks> rank_all(const ledger::Reader& state, TimestampSecs now) {
  TrustRanks out;
  out.at = now;
  std::vector<RankedEdge> all;
  std::array<std::vector<RankedEdge>, kTrustContexts> by_context;
  const auto number_of = [&out](const Did& did) {
    return out.numbers.emplace(did, static_cast<std::uint32_t>(out.numbers.size())).first->second;
  };
  ICN_TRY_ASSIGN(rows, kTrustEdges.scan(state, {}));
  while (true) {
    ICN_TRY_ASSIGN(edge, rows.next());
    if (!edge) break;
    const std::uint64_t age_secs = now > edge->updated_at ? now - edge->updated_at : 0;
    const RankedEdge ranked{number_of(edge->from), number_of(edge->to), edge_weight(edge->level, age_secs)};
    all.push_back(ranked);
    by_context[static_cast<std::size_t>(edge->context)].push_back(ranked);
    ++out.edges;
    ++out.by_level[edge->level];
    ++out.by_context[edge->context];
  }
  out.ranks = page_rank(out.numbers.size(), all);
  out.gini_ppm = gini_of(out.ranks);
  for (std::size_t i = 0; i < kTrustContexts; ++i) {
    // Only who is in that graph: its edges, with numbers of their own.
    std::map<std::uint32_t, std::uint32_t> own;
    for (RankedEdge& edge : by_context[i]) {
      edge.from = own.emplace(edge.from, static_cast<std::uint32_t>(own.size())).first->second;
      edge.to = own.emplace(edge.to, static_cast<std::uint32_t>(own.size())).first->second;
    }
    const std::vector<std::uint64_t> ranks = page_rank(own.size(), by_context[i]);
    out.ranks_in[i].assign(out.numbers.size(), 0);
    for (const auto& [number, place] : own) out.ranks_in[i][number] = ranks[place];
  }
  return out;
}

}  // namespace icn::federation
