#include "storage/postgresql/pool.h"

#include <set>

#include "storage/postgresql/engine_test_support.h"
#include "storage/postgresql/errors.h"

namespace icn::storage {
namespace {

using postgresql::Pool;

// What the settings of connections (performance-guide.md, "Connection Pooling") do, as the server sees it.
class PostgresqlPool : public testing::PostgresqlTest {
 protected:
  Pool make() const { return {options_.url, options_, make_silent_log()}; }
  static Pool::Lease take(Pool& pool) {
    auto taken = pool.take(Pool::Term::kAnswer);
    EXPECT_TRUE(taken.ok()) << taken.error().detail();
    return taken.ok() ? std::move(*taken) : Pool::Lease(nullptr, {&pool});
  }
  // The processes of the server that serve connections which are still open, of those given.
  bool eventually_open(const std::set<int>& processes, std::size_t wanted) const {
    std::string list = "0";
    for (const int each : processes) list += "," + std::to_string(each);
    const std::string ask = "SELECT count(*) FROM pg_stat_activity WHERE pid IN (" + list + ")";
    for (int tries = 0; tries < 300; ++tries) {
      if (server_->ask(ask) == std::to_string(wanted) + "\n") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
};

TEST_F(PostgresqlPool, ConnectionsAreKeptForTheNextRead) {
  Pool pool = make();
  const int first = take(pool)->process();
  EXPECT_EQ(take(pool)->process(), first);
}

TEST_F(PostgresqlPool, WithoutPoolingEachReadHasAConnectionOfItsOwn) {
  options_.is_pooled = false;
  Pool pool = make();
  ASSERT_TRUE(pool.fill().ok());
  std::set<int> processes;
  for (int reads = 0; reads < 3; ++reads) processes.insert(take(pool)->process());
  EXPECT_EQ(processes.size(), 3u);
  EXPECT_TRUE(eventually_open(processes, 0));
}

TEST_F(PostgresqlPool, TheLeastAreOpenedAtTheStart) {
  options_.connections_min = 3;
  Pool pool = make();
  ASSERT_TRUE(pool.fill().ok());
  const auto filled = postgresql::SteadyClock::now();
  std::vector<Pool::Lease> held;
  for (int each = 0; each < 3; ++each) {
    held.push_back(take(pool));
    EXPECT_LT(held.back()->opened, filled);
  }
  EXPECT_GE(take(pool)->opened, filled) << "a fourth is opened when it is needed";
}

TEST_F(PostgresqlPool, NoMoreThanTheMostAreOpenAndTheNextWaitsItsTime) {
  options_.connections_max = 2;
  options_.connection_timeout_ms = 200;
  Pool pool = make();
  auto one = take(pool);
  auto other = take(pool);
  const auto start = std::chrono::steady_clock::now();
  const auto refused = pool.take(Pool::Term::kAnswer);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kAway));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(190));
  const int process = one->process();
  one.reset();
  EXPECT_EQ(take(pool)->process(), process);
}

TEST_F(PostgresqlPool, ConnectionsThatNobodyUsesAreClosedDownToTheLeast) {
  options_.connections_min = 1;
  options_.idle_timeout_ms = 100;
  Pool pool = make();
  std::set<int> processes;
  {
    std::vector<Pool::Lease> held;
    for (int each = 0; each < 4; ++each) {
      held.push_back(take(pool));
      processes.insert(held.back()->process());
    }
  }
  EXPECT_TRUE(eventually_open(processes, 4));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  take(pool).reset();
  EXPECT_TRUE(eventually_open(processes, 1));
}

TEST_F(PostgresqlPool, AConnectionPastItsLifeIsReplaced) {
  options_.lifetime_max_ms = 100;
  Pool pool = make();
  const int first = take(pool)->process();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_NE(take(pool)->process(), first);
  EXPECT_TRUE(eventually_open({first}, 0));
}

}  // namespace
}  // namespace icn::storage
