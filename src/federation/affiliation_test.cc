#include "federation/affiliation.h"

#include <gtest/gtest.h>

#include "federation/federation_testing.h"

namespace icn::federation {
namespace {

using testing::did_named;
using testing::TestLedger;

// Hill and valley are one federation, each its own operator; the others are on its ledger and no members.
class AffiliationTest : public ::testing::Test {
 protected:
  AffiliationTest() : ledger_({"hill", "valley"}) {
    ledger_.set_parameter("cooperative.trust_fee", 0);
    ledger_.set_parameter("identity.operations_per_hour", 1'000'000);
  }
  mesh::Affiliation find(const std::string& coordinator, const std::string& submitter,
                         const std::string& executor) {
    mesh::Job job;
    job.submitter = did_named(submitter);
    job.submission.coordinator = did_named(coordinator);
    return find_affiliation(ledger_.store(), testing::kNetwork, job, did_named(executor)).value();
  }
  std::uint32_t affinity(const std::string& coordinator, const std::string& submitter,
                         const std::string& executor) {
    return find(coordinator, submitter, executor).affinity_ppm;
  }
  void trust(const std::string& from, const std::string& to, std::string_view level,
             std::string_view context) {
    const codec::Json body =
        codec::Json::object({{"to", did_named(to).text()}, {"level", level}, {"context", context}});
    ASSERT_EQ(ledger_.submit(from, "cooperative.trust", body), "ok");
  }

  TestLedger ledger_;
};

TEST_F(AffiliationTest, AMembersOperatorIsInTheFederationThatIsCalledAsTheNetwork) {
  const std::vector<std::string> federation{std::string(testing::kNetwork)};
  EXPECT_EQ(find("hill", "ada", "valley").federations, federation);
  EXPECT_EQ(find("hill", "ada", "hill").federations, federation);
  EXPECT_EQ(find("hill", "ada", "stranger").federations, std::vector<std::string>());
}

TEST_F(AffiliationTest, MembersOfOneFederationAreNearest) {
  EXPECT_EQ(affinity("hill", "ada", "valley"), 1'000'000u);
  EXPECT_EQ(affinity("stranger", "hill", "valley"), 1'000'000u) << "the submitter acts for a member";
  EXPECT_EQ(affinity("hill", "ada", "stranger"), 0u);
  EXPECT_EQ(affinity("stranger", "ada", "valley"), 0u);
}

TEST_F(AffiliationTest, TrustFromPartialOnCountsHalf) {
  struct Step {
    const char *from, *to, *level, *context;
    std::uint32_t expected;  // of a job of ada's at node "hill" for executor "mill"
  };
  const Step steps[] = {
      {"hill", "mill", "basic", "general", 0},
      {"hill", "mill", "full", "mutual_credit", 0},  // says nothing of machines
      {"mill", "hill", "full", "general", 0},        // the other way round
      {"hill", "mill", "partial", "infrastructure", 500'000},
      {"hill", "mill", "none", "infrastructure", 0},
      {"ada", "mill", "full", "resource_sharing", 500'000},
      {"ada", "mill", "none", "resource_sharing", 0},
      {"hill", "mill", "partial", "general", 500'000},
  };
  for (const Step& each : steps) {
    trust(each.from, each.to, each.level, each.context);
    EXPECT_EQ(affinity("hill", "ada", "mill"), each.expected)
        << each.from << " " << each.to << " " << each.level << " " << each.context;
  }
}

}  // namespace
}  // namespace icn::federation
