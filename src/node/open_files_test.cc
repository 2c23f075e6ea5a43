#include "node/open_files.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace icn::node {
namespace {

TEST(OpenFiles, ConnectionsLeaveTheStoresTheirs) {
  EXPECT_EQ(connections_within(20'000, 4'096), 4'096u);
  EXPECT_EQ(connections_within(5'000, 4'096), 3'500u);
  EXPECT_EQ(connections_within(1'024, 4'096), 512u);
  EXPECT_EQ(connections_within(1'024, 100), 100u);
  EXPECT_EQ(connections_within(0, 100), 0u);
}

TEST(OpenFiles, TheSoftLimitIsRaisedToTheHardOne) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{256, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  const auto log = make_silent_log();
  EXPECT_EQ(allow_connections(100, *log), 100u);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace icn::node
