#include "governance/delegations.h"

#include <algorithm>
#include <set>

#include "governance/errors.h"
#include "governance/links.h"

namespace icn::governance {
namespace {

constexpr std::size_t kScannedMax = 20'000;  // rows, those that have ended too

bool share_category(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  if (one.empty() || other.empty()) return true;
  return std::ranges::any_of(
      one, [&](const std::string& each) { return std::ranges::find(other, each) != other.end(); });
}

Result<std::vector<Delegation>> in_force(const ledger::Reader& state, ledger::ScanRange range,
                                         std::uint64_t running_secs, std::size_t count_max) {
  ICN_TRY_ASSIGN(rows, kDelegations.scan(state, range));
  std::vector<Delegation> out;
  for (std::size_t scanned = 0; scanned < kScannedMax && out.size() < count_max; ++scanned) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) break;
    if (is_in_force(*row, running_secs)) out.push_back(std::move(*row));
  }
  return out;
}

// Whoever can be reached from `start` over delegations that overlap `made`; forward: by whom they follow,
// else by who follows them.
Result<std::set<Did>> reached(const ledger::Reader& state, const Did& start, const Delegation& made,
                              std::uint64_t running_secs, DelegationIndex index, std::size_t count_max) {
  std::set<Did> seen{start};
  std::vector<Did> waiting{start};
  while (!waiting.empty() && seen.size() <= count_max) {
    const Did did = std::move(waiting.back());
    waiting.pop_back();
    ICN_TRY_ASSIGN(
        next, in_force(state, ledger::prefix_range(ledger::key_of(did), index), running_secs, count_max + 1));
    for (const Delegation& each : next) {
      if (!overlaps(each, made)) continue;
      const Did& other = index == kByDelegator ? each.to : each.from;
      if (seen.insert(other).second) waiting.push_back(other);
    }
  }
  return seen;
}

}  // namespace

bool overlaps(const Delegation& one, const Delegation& other) {
  const bool scopes = one.scope.empty() || other.scope.empty() || one.scope == other.scope;
  const bool proposals = !one.proposal_id || !other.proposal_id || *one.proposal_id == *other.proposal_id;
  return scopes && proposals && share_category(one.categories, other.categories);
}

Result<std::vector<Delegation>> delegations_of(const ledger::Reader& state, const Did& did,
                                               std::uint64_t running_secs) {
  return in_force(state, ledger::prefix_range(ledger::key_of(did), kByDelegator), running_secs, kVisitedMax);
}

Result<void> check_no_cycle(const ledger::Reader& state, const Delegation& made, std::uint64_t running_secs) {
  ICN_TRY_ASSIGN(seen, reached(state, made.to, made, running_secs, kByDelegator, kVisitedMax));
  if (!seen.contains(made.from)) return {};
  return Error(kInvalidDelegation,
               made.to.text() + " follows " + made.from.text() + " already: that would be a cycle");
}

Result<void> check_cap(const ledger::Reader& state, const Delegation& made, std::uint64_t running_secs,
                       std::uint64_t carried_max) {
  ICN_TRY_ASSIGN(ends, reached(state, made.to, made, running_secs, kByDelegator, kVisitedMax));
  const std::size_t count_max = std::min<std::size_t>(carried_max + 1, kVisitedMax);
  ICN_TRY_ASSIGN(brought, reached(state, made.from, made, running_secs, kByDelegate, count_max));
  std::size_t visited = 0;
  for (const Did& end : ends) {
    if (visited > kVisitedMax) break;
    ICN_TRY_ASSIGN(carried, reached(state, end, made, running_secs, kByDelegate, count_max));
    visited += carried.size();
    carried.insert(brought.begin(), brought.end());
    // Without the delegate itself.
    if (carried.size() - 1 <= carried_max) continue;
    return Error(kInvalidDelegation, end.text() + " would carry more than " + std::to_string(carried_max) +
                                         " members, the most one may");
  }
  return {};
}

Result<std::optional<Delegation>> followed(const ledger::Reader& state, const Did& did,
                                           const Subject& subject, std::uint64_t running_secs) {
  ICN_TRY_ASSIGN(made, delegations_of(state, did, running_secs));
  const tally::DelegationSubject asked{subject.proposal_id.value_or(""),
                                       std::string(codec::enum_name(subject.category)), subject.scope,
                                       running_secs};
  std::optional<Delegation> best;
  std::optional<tally::Specificity> best_specificity;
  for (Delegation& each : made) {
    const auto specificity = tally::specificity_of(record_of(each), asked);
    if (!specificity) continue;
    const bool is_better = !best || *specificity > *best_specificity ||
                           (*specificity == *best_specificity &&
                            std::tie(each.created_secs, each.id) > std::tie(best->created_secs, best->id));
    if (!is_better) continue;
    best_specificity = specificity;
    best = std::move(each);
  }
  return best;
}

}  // namespace icn::governance
