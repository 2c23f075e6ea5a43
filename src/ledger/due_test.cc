#include "ledger/due.h"

#include <gtest/gtest.h>

#include "ledger/errors.h"
#include "ledger/stuck_rows.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"

namespace icn::ledger {
namespace {

// A rule of ours that is broken until somebody mends it: rows fail while this is true.
bool is_broken = false;

Result<void> count_up(const BlockContext&, const std::string& id, View& view, std::vector<Event>& events) {
  ICN_TRY_ASSIGN(old, toy::kCounters.get(view, id));
  ICN_TRY(toy::kCounters.put(view, id, {(old ? old->value : 0) + 1}));
  events.push_back({"Counted", "{}"});
  if (is_broken) return Error(errors::kInternal, "a rule is broken");
  return {};
}
// Takes away the row of "b", wherever it is.
Result<void> take_away(const BlockContext& block, const std::string& id, View& view,
                       std::vector<Event>& events) {
  ICN_TRY(count_up(block, id, view, events));
  return unschedule(view, 10, "toy.count", "b");
}

class DueTest : public ::testing::Test {
 protected:
  DueTest() : store_(engine_.open(toy::tables()).value()) { is_broken = false; }

  // Of a block `now` seconds after the first one; the heartbeats are kept, so that time never stands still.
  DueCount run(std::uint64_t now) {
    View view(*store_);
    const BlockContext block = at(now);
    events_.clear();
    failures_.clear();
    const auto check = [this](const View& seen, View::Savepoint) -> Result<void> {
      ICN_TRY_ASSIGN(counter, toy::kCounters.get(seen, "a"));
      if (counter && counter->value > counted_max_) return Error(kInvariantBroken, "counted too far");
      return {};
    };
    const auto count = run_due(block, handlers_, check, view, events_, failures_);
    EXPECT_TRUE(count.ok());
    write(view);
    return count.ok() ? *count : DueCount{};
  }
  void plan(std::uint64_t due, std::string_view kind, std::string_view id) {
    View view(*store_);
    ASSERT_TRUE(schedule(view, at(0), due, kind, id).ok());
    write(view);
  }
  void cancel(std::uint64_t due, std::string_view kind, std::string_view id) {
    View view(*store_);
    ASSERT_TRUE(unschedule(view, due, kind, id).ok());
    write(view);
  }
  std::int64_t counted(const std::string& id) const {
    const auto found = toy::kCounters.get(*store_, id).value();
    return found ? found->value : 0;
  }
  bool is_stuck() const { return kStuckRows.scan(*store_, {}).value().next().value().has_value(); }

  std::vector<Event> events_;
  std::vector<std::string> failures_;
  std::int64_t counted_max_ = 100;

 private:
  BlockContext at(std::uint64_t now) const { return {"toy-net", 1, now, 0, &parameters_}; }
  void write(View& view) {
    ASSERT_TRUE(store_->write(view.take_rows(), storage::Durability::kBuffered).ok());
  }

  const Parameters parameters_ = genesis_parameters(true);
  const std::vector<DueHandler> handlers_{{"toy.count", &count_up}, {"toy.take", &take_away}};
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
};

TEST_F(DueTest, ARowRunsOnceWhenItIsDue) {
  plan(10, "toy.count", "a");
  run(9);
  EXPECT_EQ(counted("a"), 0);
  EXPECT_EQ(run(10).domain_rows, 1u);
  EXPECT_EQ(run(11).domain_rows, 0u);
  EXPECT_EQ(counted("a"), 1);
}

TEST_F(DueTest, WhatFailsLeavesNothingAndIsTriedAgain) {
  is_broken = true;
  plan(10, "toy.count", "a");
  run(10);
  EXPECT_EQ(counted("a"), 0);
  EXPECT_TRUE(events_.empty());
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_EQ(failures_[0], "toy.count a: a rule is broken");
  EXPECT_TRUE(is_stuck());
  EXPECT_EQ(run(10 + kRetrySecs - 1).domain_rows, 0u) << "not at each block";
  run(10 + kRetrySecs);
  EXPECT_EQ(failures_.size(), 1u);
  is_broken = false;
  run(10 + 2 * kRetrySecs);
  EXPECT_EQ(counted("a"), 1);
  EXPECT_FALSE(is_stuck());
  EXPECT_EQ(run(10 + 3 * kRetrySecs).domain_rows, 0u) << "and then never again";
}

TEST_F(DueTest, WhatBreaksAnInvariantIsSetAsideAndTheRestRuns) {
  counted_max_ = 0;
  plan(10, "toy.count", "a");
  plan(10, "toy.count", "c");
  run(10);
  EXPECT_EQ(counted("a"), 0);
  EXPECT_EQ(counted("c"), 1);
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_EQ(failures_[0], "toy.count a: counted too far");
  EXPECT_TRUE(is_stuck());
}

TEST_F(DueTest, WhatIsUnscheduledIsNotTriedAgain) {
  is_broken = true;
  plan(10, "toy.count", "a");
  run(10);
  is_broken = false;
  cancel(10, "toy.count", "a");
  EXPECT_FALSE(is_stuck());
  run(10 + kRetrySecs);
  EXPECT_EQ(counted("a"), 0);
}

TEST_F(DueTest, OneStuckRowTakesAwayAnother) {
  is_broken = true;
  plan(9, "toy.take", "a");
  plan(10, "toy.count", "b");
  run(10);
  EXPECT_EQ(failures_.size(), 2u);
  is_broken = false;
  run(10 + kRetrySecs);
  EXPECT_EQ(counted("a"), 1);
  EXPECT_EQ(counted("b"), 0);
  EXPECT_FALSE(is_stuck());
}

TEST_F(DueTest, OneThatFailsWhenTheLastStuckOneIsThroughIsTriedAgainToo) {
  is_broken = true;
  plan(10, "toy.count", "a");
  run(10);
  is_broken = false;
  // No handler knows it; it runs after the retry, whose kind sorts before.
  plan(10 + kRetrySecs, "toy.unknown", "c");
  run(10 + kRetrySecs);
  EXPECT_EQ(counted("a"), 1);
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_TRUE(is_stuck());
  run(10 + 2 * kRetrySecs);
  EXPECT_EQ(failures_.size(), 1u) << "tried again, and failed again";
}

}  // namespace
}  // namespace icn::ledger
