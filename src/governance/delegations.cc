#include "governance/delegations.h"

#include <algorithm>
#include <set>

#include "governance/errors.h"
#include "governance/links.h"

namespace icn::governance {
namespace {

bool share_category(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  if (one.empty() || other.empty()) return true;
  return std::ranges::any_of(
      one, [&](const std::string& each) { return std::ranges::find(other, each) != other.end(); });
}

// One look around a delegation that is to be made, and what it may still read.
struct Search {
  const ledger::Reader& state;
  std::uint64_t running_secs;
  std::size_t rows_left = kScannedMax;
};

ledger::ScanRange not_ended(const Did& did, DelegationIndex index) {
  return ledger::prefix_range(ledger::key_of(did, std::uint64_t{0}), index);
}

Result<std::vector<Delegation>> in_force(Search& search, const Did& did, DelegationIndex index) {
  ICN_TRY_ASSIGN(rows, kDelegations.scan(search.state, not_ended(did, index)));
  std::vector<Delegation> out;
  for (; search.rows_left > 0; --search.rows_left) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) break;
    if (is_in_force(*row, search.running_secs)) out.push_back(std::move(*row));
  }
  return out;
}

// What a vote must be like for a whole chain to speak of it.
struct Passage {
  Did did;
  std::string scope;
  std::optional<std::string> proposal_id;
  auto operator<=>(const Passage&) const = default;
};

// Whoever can be reached from `start` over delegations that can all speak of one vote of the only category of
// `subject`; forward: by whom they follow, else by who follows them.
Result<std::set<Did>> reached(Search& search, const Did& start, const Delegation& subject,
                              DelegationIndex index, std::size_t count_max) {
  std::set<Did> seen{start};
  std::vector<Passage> waiting{{start, subject.scope, subject.proposal_id}};
  std::set<Passage> passed(waiting.begin(), waiting.end());
  while (!waiting.empty() && seen.size() <= count_max) {
    const Passage here = std::move(waiting.back());
    waiting.pop_back();
    Delegation so_far = subject;
    so_far.scope = here.scope;
    so_far.proposal_id = here.proposal_id;
    ICN_TRY_ASSIGN(next, in_force(search, here.did, index));
    for (const Delegation& each : next) {
      if (!overlaps(each, so_far)) continue;
      Passage there{index == kByDelegator ? each.to : each.from, each.scope.empty() ? here.scope : each.scope,
                    each.proposal_id ? each.proposal_id : here.proposal_id};
      seen.insert(there.did);
      if (passed.insert(there).second) waiting.push_back(std::move(there));
    }
  }
  return seen;
}

// The subject of `made`, once for each category it speaks of.
std::vector<Delegation> subjects_of(const Delegation& made) {
  std::vector<Delegation> out;
  for (const auto& [category, name] : enum_names(ProposalCategory())) {
    const bool is_meant =
        made.categories.empty() || std::ranges::find(made.categories, name) != made.categories.end();
    if (!is_meant) continue;
    out.push_back(made);
    out.back().categories = {std::string(name)};
  }
  return out;
}

Result<void> check_cap_of(Search& search, const Delegation& subject, std::uint64_t carried_max) {
  ICN_TRY_ASSIGN(ends, reached(search, subject.to, subject, kByDelegator, kVisitedMax));
  const std::size_t count_max = std::min<std::size_t>(carried_max + 1, kVisitedMax);
  ICN_TRY_ASSIGN(brought, reached(search, subject.from, subject, kByDelegate, count_max));
  for (const Did& end : ends) {
    ICN_TRY_ASSIGN(carried, reached(search, end, subject, kByDelegate, count_max));
    carried.insert(brought.begin(), brought.end());
    // Without the delegate itself.
    if (carried.size() - 1 <= carried_max) continue;
    return Error(kInvalidDelegation, end.text() + " would carry more than " + std::to_string(carried_max) +
                                         " members, the most one may");
  }
  return {};
}

}  // namespace

bool overlaps(const Delegation& one, const Delegation& other) {
  const bool scopes = one.scope.empty() || other.scope.empty() || one.scope == other.scope;
  const bool proposals = !one.proposal_id || !other.proposal_id || *one.proposal_id == *other.proposal_id;
  return scopes && proposals && share_category(one.categories, other.categories);
}

Result<std::vector<Delegation>> delegations_of(const ledger::Reader& state, const Did& did,
                                               std::uint64_t running_secs) {
  Search search{state, running_secs};
  return in_force(search, did, kByDelegator);
}

Result<void> end_lapsed(ledger::View& view, const Did& did, std::uint64_t running_secs) {
  std::vector<Delegation> lapsed;
  {
    ICN_TRY_ASSIGN(rows, kDelegations.scan(view, not_ended(did, kByDelegator)));
    while (true) {
      ICN_TRY_ASSIGN(row, rows.next());
      if (!row) break;
      if (!is_in_force(*row, running_secs)) lapsed.push_back(std::move(*row));
    }
  }
  for (Delegation& each : lapsed) {
    each.revoked_secs = each.valid_until_secs;
    ICN_TRY(kDelegations.put(view, each.id, each));
  }
  return {};
}

Result<void> check_no_cycle(const ledger::Reader& state, const Delegation& made, std::uint64_t running_secs) {
  Search search{state, running_secs};
  for (const Delegation& subject : subjects_of(made)) {
    ICN_TRY_ASSIGN(seen, reached(search, made.to, subject, kByDelegator, kVisitedMax));
    if (seen.contains(made.from))
      return Error(kInvalidDelegation,
                   made.to.text() + " follows " + made.from.text() + " already: that would be a cycle");
  }
  return {};
}

Result<void> check_cap(const ledger::Reader& state, const Delegation& made, const std::string& scope,
                       std::uint64_t running_secs, std::uint64_t carried_max) {
  Search search{state, running_secs};
  Delegation in_scope = made;
  in_scope.scope = scope;
  for (const Delegation& subject : subjects_of(in_scope)) ICN_TRY(check_cap_of(search, subject, carried_max));
  return {};
}

Result<std::optional<Delegation>> followed(const ledger::Reader& state, const Did& did,
                                           const Subject& subject, std::uint64_t running_secs,
                                           std::size_t* looked) {
  Search search{state, running_secs};
  ICN_TRY_ASSIGN(made, in_force(search, did, kByDelegator));
  if (looked != nullptr) *looked += kScannedMax - search.rows_left;
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
