#include "consensus/cometbft/engine_peers.h"

#include <gtest/gtest.h>

namespace icn::consensus {
namespace {

// Source: of n peers with at most a third that lie, one honest one reaches the height. Counted by hand.
TEST(EnginePeersTest, OneLiarOfFourMovesNothing) {
  EXPECT_EQ(agreed_height({}), 0u);
  EXPECT_EQ(agreed_height({7}), 7u);
  EXPECT_EQ(agreed_height({7, 9}), 9u);
  EXPECT_EQ(agreed_height({1'000'000, 9, 9}), 9u);
  EXPECT_EQ(agreed_height({9, 1'000'000, 8, 9}), 9u);
  EXPECT_EQ(agreed_height({5, 5, 9, 9, 9, 5, 5}), 9u);
}

TEST(EnginePeersTest, AddressesAreAnIdAHostAndAPort) {
  const std::string id = "0123456789abcdef0123456789abcdef01234567";
  for (const char* const good : {"@127.0.0.1:26656", "@valley.example:1", "@[::1]:65535"})
    EXPECT_TRUE(is_engine_address(id + good)) << good;
  for (const char* const bad : {"", "@", "@:1", "@host", "@host:", "@host:0", "@host:65536", "@host:1x",
                                "@ho st:1", "@host/x:1", "@host,other:1"})
    EXPECT_FALSE(is_engine_address(id + bad)) << bad;
  EXPECT_FALSE(is_engine_address("0123456789ABCDEF0123456789ABCDEF01234567@host:1"));
  EXPECT_FALSE(is_engine_address(id.substr(1) + "@host:1"));
  EXPECT_FALSE(is_engine_address("tcp://host:1"));
}

}  // namespace
}  // namespace icn::consensus
