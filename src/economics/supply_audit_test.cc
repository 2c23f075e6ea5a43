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
      ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), testing::all_tables(), rules_,
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

// A count is good for 10 s: mana that no transaction made shows after that, and is counted as a failure.
TEST_F(SupplyAuditTest, ManaOutOfNothingIsFoundOnceTheCountIsOld) {
  ManualClock clock;
  SupplyAudit audit(*ledger_, clock, metrics_);
  const auto ask = [&] {
    std::promise<SupplyAudit::Counted> answered;
    audit.ask([&](const Result<SupplyAudit::Counted>& counted) { answered.set_value(counted.value()); });
    return answered.get_future().get();
  };
  const Millimana before = ask().report.balances;
  ledger::View view(*ledger_->store().value());
  Account forged;
  forged.balance = Millimana{7'000};
  ASSERT_TRUE(kAccounts.put(view, testing::person(9), forged).ok());
  ASSERT_TRUE(ledger_->store().value()->write(view.take_rows(), storage::Durability::kBuffered).ok());
  clock.advance(std::chrono::seconds(9));
  EXPECT_EQ(ask().report.balances, before);
  clock.advance(std::chrono::seconds(2));
  const SupplyAudit::Counted counted = ask();
  EXPECT_FALSE(counted.report.is_consistent);
  EXPECT_EQ(counted.report.balances, before + Millimana{7'000});
  EXPECT_NE(counted.report.detail, "");
  EXPECT_EQ(metrics_.counter(telemetry::Metric::economics_invariant_failures).value(), 1u);
}

}  // namespace
}  // namespace icn::economics
