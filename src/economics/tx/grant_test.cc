#include "economics/tx/grant.h"

#include <gtest/gtest.h>

#include "economics/economics_testing.h"
#include "economics/errors.h"

namespace icn::economics {
namespace {

using testing::person;
using testing::TestLedger;

// Two organizations: "did:web:one.example", whose operator is person 1, and "did:web:two.example" of
// person 2.
Result<std::optional<Did>> two_organizations(const storage::Reader&, const Did& operator_did) {
  if (operator_did == person(1)) return std::optional<Did>("did:web:one.example");
  if (operator_did == person(2)) return std::optional<Did>("did:web:two.example");
  return std::optional<Did>();
}

struct GrantTest : ::testing::Test {
  static ledger::Rules rules() {
    ledger::Rules out = testing::rules();
    out.economy.vouches_for = &two_organizations;
    return out;
  }
  std::string grant(std::uint64_t by, std::uint64_t to) {
    const auto transaction =
        network.make(person(by), "economics.grant", R"({"to":")" + person(to).text() + R"("})");
    const ledger::ExecutedBlock block = network.run(std::array{transaction});
    return block.outcomes[0].ok ? "ok" : block.outcomes[0].code;
  }
  TestLedger network{"production", rules()};
};

TEST_F(GrantTest, EveryOrganizationVouchesForItsPeople) {
  EXPECT_EQ(grant(1, 10), "ok");
  EXPECT_EQ(grant(2, 11), "ok");
  EXPECT_EQ(grant(3, 12), kNotOperator.code);
  EXPECT_EQ(grant(0, 12), kNotOperator.code) << "who began the network is none of them";
  EXPECT_EQ(grant(2, 10), kAlreadyGranted.code) << "a person has one start grant";
}

// domain.md 5: at most 100 a day an organization.
TEST_F(GrantTest, EachHasADaysShareOfItsOwn) {
  for (std::uint64_t i = 0; i < 100; ++i) ASSERT_EQ(grant(1, 100 + i), "ok");
  EXPECT_EQ(grant(1, 200), kGrantsUsedUp.code);
  EXPECT_EQ(grant(2, 200), "ok");
  network.advance(86'400);
  EXPECT_EQ(grant(1, 201), "ok");
}

}  // namespace
}  // namespace icn::economics
