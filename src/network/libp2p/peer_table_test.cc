#include "network/libp2p/peer_table.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

const PeerId kPeer("12D3KooWA");

TEST(PeerTable, ARelayedConnectionGoesWhenThereHasBeenADirectOne) {
  PeerTable table;
  EXPECT_TRUE(
      table.connected(kPeer, 1, "/ip4/10.0.0.1/tcp/1/p2p/12D3KooWR/p2p-circuit/p2p/12D3KooWA", false, 0));
  EXPECT_TRUE(table.superseded(kPeer, 60'000).empty());  // the only way to it
  EXPECT_FALSE(table.connected(kPeer, 2, "/p2p/12D3KooWA", true, 0));
  EXPECT_TRUE(table.superseded(kPeer, 60'000).empty());
  EXPECT_FALSE(table.connected(kPeer, 3, "/ip4/10.0.0.2/tcp/2/p2p/12D3KooWA", false, 60'000));
  EXPECT_TRUE(table.superseded(kPeer, 60'000 + kHandOverMs - 1).empty());
  EXPECT_EQ(table.superseded(kPeer, 60'000 + kHandOverMs), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_FALSE(table.disconnected(kPeer, 1));
  EXPECT_FALSE(table.disconnected(kPeer, 2));
  EXPECT_TRUE(table.superseded(kPeer, 90'000).empty());
  ASSERT_EQ(table.list().size(), 1u);
  EXPECT_EQ(table.list()[0].connections, std::vector<std::string>{"/ip4/10.0.0.2/tcp/2/p2p/12D3KooWA"});
}

TEST(PeerTable, CountsInboundConnectionsOfAHost) {
  PeerTable table;
  table.connected(kPeer, 1, "/ip4/10.0.0.2/tcp/2", true, 0);
  table.connected(kPeer, 2, "/ip4/10.0.0.2/udp/2/quic-v1", true, 0);
  table.connected(kPeer, 3, "/ip4/10.0.0.2/tcp/9", false, 0);  // ours
  EXPECT_EQ(table.inbound_from("/ip4/10.0.0.2"), 2u);
  table.disconnected(kPeer, 2);
  EXPECT_EQ(table.inbound_from("/ip4/10.0.0.2"), 1u);
}

}  // namespace
}  // namespace icn::network
