#include "governance/tally/delegation.h"

#include <gtest/gtest.h>

#include <set>

namespace icn::governance::tally {
namespace {

constexpr DelegationRules kFree{10, 0};

DelegationLink link(std::uint32_t from, std::uint32_t to, std::uint64_t created_at = 1,
                    Specificity specificity = Specificity::kAll) {
  return {from, to, specificity, created_at};
}

TEST(Delegation, AChainEndsAtTheFirstBallot) {
  const std::vector<VoterState> voters{{false, false}, {true, false}, {true, false}};
  const std::vector links{link(0, 1), link(1, 2)};
  const auto members = resolve(voters, links, kFree);
  EXPECT_EQ(members[0].following, Following::kFollows);
  EXPECT_EQ(members[0].end, 1u);
  EXPECT_EQ(members[1].following, Following::kOwnBallot);  // a direct ballot always wins
  const auto shares = shares_of(members);
  EXPECT_EQ(shares[1].members, 2u);
  EXPECT_EQ(shares[2].members, 1u);
}

TEST(Delegation, TenHopsCountAndElevenDoNot) {
  std::vector<VoterState> voters(12);
  voters[11].has_ballot = true;
  std::vector<DelegationLink> links;
  for (std::uint32_t i = 0; i < 11; ++i) links.push_back(link(i, i + 1));
  const auto members = resolve(voters, links, kFree);
  EXPECT_EQ(members[1].following, Following::kFollows);
  EXPECT_EQ(members[1].hops, 10u);
  EXPECT_EQ(members[0].following, Following::kTooLong);
}

TEST(Delegation, CyclesAndWhoLeadsIntoThemAreNotCounted) {
  std::vector<VoterState> voters(5);
  const std::vector links{link(0, 1), link(1, 2), link(2, 0), link(3, 1), link(4, 4)};
  for (const auto& member : resolve(voters, links, kFree)) EXPECT_EQ(member.following, Following::kCycle);
  voters[1].has_ballot = true;  // a ballot opens the cycle
  const auto members = resolve(voters, links, kFree);
  EXPECT_EQ(members[2].end, 1u);
  EXPECT_EQ(members[2].hops, 2u);
}

TEST(Delegation, NobodyIsFollowedThroughASuspendedDelegateOrToAStranger) {
  const std::vector<VoterState> voters{{false, false}, {true, true}, {false, false}, {false, false}};
  const std::vector links{link(0, 1), link(2, kOutsider)};
  const auto members = resolve(voters, links, kFree);
  EXPECT_EQ(members[0].following, Following::kSuspended);
  EXPECT_EQ(members[2].following, Following::kNobody);
  EXPECT_EQ(members[3].following, Following::kNobody);
}

TEST(Delegation, TheMostSpecificThenTheNewestHolds) {
  const std::vector<VoterState> voters{{false, false}, {true, false}, {true, false}, {true, false}};
  std::vector links{link(0, 1, 9, Specificity::kScope), link(0, 2, 3, Specificity::kCategory),
                    link(0, 3, 5, Specificity::kCategory)};
  EXPECT_EQ(resolve(voters, links, kFree)[0].end, 3u);
  std::swap(links[0], links[2]);
  EXPECT_EQ(resolve(voters, links, kFree)[0].end, 3u);
}

TEST(Delegation, OverTheCapTheNewestPathsAreLeftOut) {
  // Six follow member 0; the cap is 4. Member 3 is old but reaches 0 through 6, who came last.
  std::vector<VoterState> voters(7);
  voters[0].has_ballot = true;
  const std::vector links{link(1, 0, 10), link(2, 0, 20), link(3, 6, 1),
                          link(4, 0, 30), link(5, 0, 40), link(6, 0, 50)};
  const auto members = resolve(voters, links, {10, 4});
  EXPECT_EQ(members[5].following, Following::kFollows);
  EXPECT_EQ(members[6].following, Following::kOverCap);
  EXPECT_EQ(members[3].following, Following::kOverCap);
  EXPECT_EQ(shares_of(members)[0].members, 5u);
}

TEST(Delegation, TheCapIsATenthOrFive) {
  EXPECT_EQ(carried_max(10), 5u);
  EXPECT_EQ(carried_max(50), 5u);
  EXPECT_EQ(carried_max(100'000), 10'000u);
}

TEST(Delegation, SpeaksOfAVoteByItsParts) {
  const DelegationSubject subject{"pr_1", "economic", "local", 100};
  DelegationRecord record;
  EXPECT_EQ(specificity_of(record, subject), Specificity::kAll);
  record.scope = "local";
  EXPECT_EQ(specificity_of(record, subject), Specificity::kScope);
  record.categories = {"technical", "economic"};
  EXPECT_EQ(specificity_of(record, subject), Specificity::kCategory);
  record.proposal_id = "pr_1";
  EXPECT_EQ(specificity_of(record, subject), Specificity::kProposal);
  record.valid_until = 101;
  EXPECT_EQ(specificity_of(record, subject), Specificity::kProposal);
  record.valid_until = 100;
  EXPECT_EQ(specificity_of(record, subject), std::nullopt);
  record.valid_until.reset();
  record.revoked_at = 100;
  EXPECT_EQ(specificity_of(record, subject), std::nullopt);
  record.revoked_at.reset();
  record.scope = "elsewhere";
  EXPECT_EQ(specificity_of(record, subject), std::nullopt);
}

// The rule followed member by member, on random delegations: no chain is shorter to say.
TEST(Delegation, AgreesWithFollowingEachChainByItself) {
  std::uint64_t state = 77;
  const auto below = [&](std::uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>((state >> 33) % bound);
  };
  for (int round = 0; round < 10'000; ++round) {
    const std::uint32_t count = 1 + below(14);
    std::vector<VoterState> voters(count);
    for (auto& voter : voters) voter = {below(3) == 0, below(10) == 0};
    std::vector<DelegationLink> links;
    std::vector<std::uint32_t> to(count, kOutsider);
    for (std::uint32_t member = 0; member < count; ++member) {
      if (below(4) == 0) continue;
      to[member] = below(10) == 0 ? kOutsider : below(count);
      links.push_back(link(member, to[member]));
    }
    const DelegationRules rules{1 + below(6), 0};
    const auto members = resolve(voters, links, rules);
    std::uint64_t counted = 0;
    for (std::uint32_t member = 0; member < count; ++member) {
      std::uint32_t at = member;
      std::uint32_t hops = 0;
      bool counts = true;
      std::set<std::uint32_t> seen;
      while (counts && !voters[at].has_ballot) {
        counts = seen.insert(at).second && to[at] != kOutsider && !voters[to[at]].is_suspended;
        if (!counts) break;
        at = to[at];
        counts = ++hops <= rules.hops_max;
      }
      const bool does = members[member].following == Following::kOwnBallot ||
                        members[member].following == Following::kFollows;
      ASSERT_EQ(does, counts) << "member " << member << " in round " << round;
      if (counts) {
        ASSERT_EQ(members[member].end, at);
        ++counted;
      }
    }
    std::uint64_t carried = 0;
    for (const Share& share : shares_of(members)) carried += share.members;
    ASSERT_EQ(carried, counted);  // one member, one vote
  }
}

}  // namespace
}  // namespace icn::governance::tally
