#include "governance/tally/delegation.h"

#include <algorithm>

#include "base/assert.h"

namespace icn::governance::tally {
namespace {

// The link each member follows: the most specific, then the newest, then the last in the list.
std::vector<const DelegationLink*> chosen_links(std::span<const DelegationLink> links,
                                                std::size_t member_count) {
  std::vector<const DelegationLink*> out(member_count);
  for (const DelegationLink& link : links) {
    ICN_ASSERT(link.from < member_count);
    const DelegationLink*& chosen = out[link.from];
    if (chosen == nullptr ||
        std::pair(link.specificity, link.created_at) >= std::pair(chosen->specificity, chosen->created_at)) {
      chosen = &link;
    }
  }
  return out;
}

class Resolver {
 public:
  Resolver(std::span<const VoterState> voters, std::span<const DelegationLink> links,
           const DelegationRules& rules)
      : voters_(voters),
        rules_(rules),
        links_(chosen_links(links, voters.size())),
        members_(voters.size()),
        newest_(voters.size()),
        state_(voters.size(), State::kUnknown) {}

  std::vector<ResolvedMember> run() {
    for (std::uint32_t member = 0; member < voters_.size(); ++member) walk(member);
    if (rules_.carried_max > 0) keep_cap();
    return std::move(members_);
  }

 private:
  enum class State : std::uint8_t { kUnknown, kOnPath, kKnown };

  // Follows the chain to the first member that is known, then settles those on the way back.
  void walk(std::uint32_t start) {
    path_.clear();
    std::uint32_t member = start;
    while (state_[member] == State::kUnknown) {
      state_[member] = State::kOnPath;
      path_.push_back(member);
      const DelegationLink* link = links_[member];
      if (voters_[member].has_ballot || link == nullptr || link->to == kOutsider) break;
      ICN_ASSERT(link->to < voters_.size());
      member = link->to;
    }
    const bool is_cycle = state_[member] == State::kOnPath && member != path_.back();
    const bool is_own_cycle = !path_.empty() && member == path_.back() && follows_itself(member);
    for (auto each = path_.rbegin(); each != path_.rend(); ++each) settle(*each, is_cycle || is_own_cycle);
  }

  bool follows_itself(std::uint32_t member) const {
    return !voters_[member].has_ballot && links_[member] != nullptr && links_[member]->to == member;
  }

  void settle(std::uint32_t member, bool is_cycle) {
    ResolvedMember& out = members_[member];
    const DelegationLink* link = links_[member];
    state_[member] = State::kKnown;
    if (link != nullptr) out.next = link->to;
    if (voters_[member].has_ballot) {
      out.following = Following::kOwnBallot;
      out.end = member;
      return;
    }
    if (link == nullptr || link->to == kOutsider) return;
    if (is_cycle) {
      out.following = Following::kCycle;
      return;
    }
    if (voters_[link->to].is_suspended) {
      out.following = Following::kSuspended;
      return;
    }
    const ResolvedMember& next = members_[link->to];
    const bool leads_on = next.following == Following::kOwnBallot || next.following == Following::kFollows;
    out.following = leads_on ? Following::kFollows : next.following;
    if (!leads_on) return;
    out.hops = next.hops + 1;
    newest_[member] = std::max(link->created_at, newest_[link->to]);
    if (out.hops > rules_.hops_max) {
      out.following = Following::kTooLong;
      out.hops = 0;
    } else {
      out.end = next.end;
    }
  }

  // A member's path is never older nor shorter than that of the one it follows, so leaving out the last in
  // this order never breaks a chain that stays.
  void keep_cap() {
    std::vector<std::uint64_t> carried(voters_.size());
    for (const ResolvedMember& each : members_) {
      if (each.following == Following::kFollows) ++carried[each.end];
    }
    std::vector<std::uint32_t> over;
    for (std::uint32_t member = 0; member < members_.size(); ++member) {
      const ResolvedMember& each = members_[member];
      if (each.following == Following::kFollows && carried[each.end] > rules_.carried_max)
        over.push_back(member);
    }
    std::sort(over.begin(), over.end(), [&](std::uint32_t left, std::uint32_t right) {
      const auto key = [&](std::uint32_t each) {
        return std::tuple(members_[each].end, newest_[each], members_[each].hops, each);
      };
      return key(left) < key(right);
    });
    std::uint64_t kept = 0;
    for (std::size_t i = 0; i < over.size(); ++i) {
      ResolvedMember& each = members_[over[i]];
      kept = i > 0 && members_[over[i - 1]].end == each.end ? kept + 1 : 1;
      if (kept > rules_.carried_max) each.following = Following::kOverCap;
    }
  }

  std::span<const VoterState> voters_;
  const DelegationRules& rules_;
  std::vector<const DelegationLink*> links_;
  std::vector<ResolvedMember> members_;
  std::vector<std::uint64_t> newest_;  // created_at of the newest link on the path
  std::vector<State> state_;
  std::vector<std::uint32_t> path_;
};

}  // namespace

std::optional<Specificity> specificity_of(const DelegationRecord& delegation,
                                          const DelegationSubject& subject) {
  if (delegation.revoked_at && *delegation.revoked_at <= subject.at) return std::nullopt;
  if (delegation.valid_until && *delegation.valid_until <= subject.at) return std::nullopt;
  const auto& categories = delegation.categories;
  if (delegation.proposal_id && *delegation.proposal_id != subject.proposal_id) return std::nullopt;
  if (!categories.empty() &&
      std::find(categories.begin(), categories.end(), subject.category) == categories.end()) {
    return std::nullopt;
  }
  if (!delegation.scope.empty() && delegation.scope != subject.scope) return std::nullopt;
  if (delegation.proposal_id) return Specificity::kProposal;
  if (!categories.empty()) return Specificity::kCategory;
  return delegation.scope.empty() ? Specificity::kAll : Specificity::kScope;
}

std::vector<ResolvedMember> resolve(std::span<const VoterState> voters, std::span<const DelegationLink> links,
                                    const DelegationRules& rules) {
  return Resolver(voters, links, rules).run();
}

std::vector<Share> shares_of(std::span<const ResolvedMember> members,
                             std::span<const std::uint64_t> weights) {
  std::vector<Share> out(members.size(), Share{0, 0});
  for (std::size_t i = 0; i < members.size(); ++i) {
    const ResolvedMember& each = members[i];
    if (each.following != Following::kOwnBallot && each.following != Following::kFollows) continue;
    out[each.end].members += 1;
    out[each.end].weight += weights.empty() ? 1 : weights[i];
  }
  return out;
}

}  // namespace icn::governance::tally
