#include "economics/supply_audit.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "base/errors.h"
#include "economics/economics_testing.h"

namespace icn::economics {
namespace {

class SupplyAuditTest : public ::testing::Test {
 protected:
  SystemClock clock_;
  ledger::Rules rules_ = testing::rules();
  std::unique_ptr<ledger::Ledger> ledger_ =
      ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), testing::tables(), rules_,
                           {"test-net", "development", testing::person(0), testing::kStart})
          .value();
  telemetry::Metrics metrics_{clock_};
  SupplyAudit audit_{*ledger_, clock_, metrics_};
};

TEST_F(SupplyAuditTest, CountsTheAccountsOfTheFirstBlock) {
  const auto answered = std::make_shared<std::promise<Result<SupplyAudit::Counted>>>();
  audit_.ask([answered](const Result<SupplyAudit::Counted>& counted) { answered->set_value(counted); });
  const auto counted = answered->get_future().get();
  ASSERT_TRUE(counted.ok());
  EXPECT_TRUE(counted->report.is_consistent);
  EXPECT_EQ(counted->height, 0u);
}

TEST_F(SupplyAuditTest, NobodyIsAnsweredAfterStop) {
  constexpr int kAsked = 200;
  std::atomic<int> answered{0};
  for (int i = 0; i < kAsked; ++i) audit_.ask([&](const auto&) { ++answered; });
  audit_.stop();
  EXPECT_EQ(answered, kAsked);

  Result<SupplyAudit::Counted> late = SupplyAudit::Counted{};
  audit_.ask([&](const Result<SupplyAudit::Counted>& result) { late = result; });
  ASSERT_FALSE(late.ok());
  EXPECT_TRUE(late.error().is(errors::kUnavailable));
  audit_.stop();
}

}  // namespace
}  // namespace icn::economics
