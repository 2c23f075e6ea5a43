#include "node/leader_link.h"

#include <gtest/gtest.h>

#include "http/http_testing.h"

namespace icn::node {
namespace {

// A node that says of itself what a test wants.
class LeaderLinkTest : public ::testing::Test {
 protected:
  LeaderLinkTest()
      : server_({http::raw_route(http::Method::kGet, "/system/info", 0,
                                 [this](const http::ExchangePtr& exchange) {
                                   exchange->reply(http::Response::json("{\"node_did\":\"" + did_ + "\"}"));
                                 }),
                 http::raw_route(http::Method::kGet, "/system/status", 0,
                                 [this](const http::ExchangePtr& exchange) {
                                   exchange->reply(http::Response::json(status_));
                                 })}) {
    server_.start();
  }
  ~LeaderLinkTest() override { server_.stop(); }

  std::unique_ptr<LeaderLink> link(bool is_in_federation = false) {
    LeaderLinkOptions options;
    options.url = server_.url();
    options.look_ms = 20;
    options.node_did = Did("did:key:zLeader");
    options.is_in_federation = is_in_federation;
    auto out = std::make_unique<LeaderLink>(
        options, [this] { return age_ms_.load(); }, make_silent_log());
    out->wait_until_looked(std::chrono::seconds(5));
    return out;
  }
  template <typename IsSo>
  static bool eventually(const IsSo& is_so) {
    for (int tries = 0; tries < 500; ++tries) {
      if (is_so()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  std::string did_ = "did:key:zLeader";
  std::string status_ = "{\"is_online\":true}";
  std::atomic<std::uint64_t> age_ms_{0};
  http::TestServer server_;
};

TEST_F(LeaderLinkTest, WhatIsReadIsTheNewestWhileNothingIsMissed) {
  const auto now = link();
  EXPECT_TRUE(now->is_reachable());
  EXPECT_TRUE(now->status().is_writing);
  EXPECT_EQ(now->stale_secs(), std::nullopt);
  EXPECT_EQ(now->database_problem(), "");
  age_ms_ = 7'400;
  EXPECT_EQ(now->stale_secs(), 7u);
  EXPECT_NE(now->database_problem(), "");
}

TEST_F(LeaderLinkTest, IsAsStaleAsTheNodeThatWrites) {
  status_ = "{\"is_online\":false,\"stale_secs\":12}";
  const auto now = link();
  EXPECT_TRUE(now->is_reachable());
  EXPECT_FALSE(now->status().is_writing);
  EXPECT_EQ(now->stale_secs(), 12u);
}

TEST_F(LeaderLinkTest, ALostNodeMattersToReadersOnlyWhereOthersDecideOn) {
  const auto alone = link();
  const auto member = link(true);
  EXPECT_EQ(member->stale_secs(), std::nullopt);
  server_.stop();
  EXPECT_TRUE(eventually([&] { return !alone->is_reachable() && !member->is_reachable(); }));
  EXPECT_FALSE(alone->status().is_writing);
  EXPECT_EQ(alone->stale_secs(), std::nullopt);
  ASSERT_TRUE(member->stale_secs().has_value());
  EXPECT_LT(*member->stale_secs(), 5u);
}

TEST_F(LeaderLinkTest, AnotherNodeAtItsAddressIsNotIt) {
  did_ = "did:key:zOther";
  EXPECT_FALSE(link()->is_reachable());
}

}  // namespace
}  // namespace icn::node
