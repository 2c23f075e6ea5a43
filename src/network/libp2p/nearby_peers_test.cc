#include "network/libp2p/nearby_peers.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

using Addresses = std::vector<std::string>;

const std::string kLesser = "12D3KooWAAA";
const std::string kGreater = "12D3KooWBBB";

std::string address_of(std::string_view peer) { return "/ip4/10.0.0.1/tcp/4001/p2p/" + std::string(peer); }

const auto kNobody = [](const PeerId&) { return false; };

TEST(NearbyPeers, AreDialledAtOnceAndThenTheLesserIdFirst) {
  NearbyPeers lesser{PeerId(kLesser)};
  NearbyPeers greater{PeerId(kGreater)};
  lesser.found(address_of(kGreater), 100);
  greater.found(address_of(kLesser), 100);
  EXPECT_EQ(lesser.due(100, kNobody), Addresses{address_of(kGreater)});
  EXPECT_EQ(greater.due(100, kNobody), Addresses{address_of(kLesser)});
  EXPECT_EQ(lesser.due(100 + NearbyPeers::kFirstAgainMs - 1, kNobody), Addresses{});
  EXPECT_EQ(lesser.due(100 + NearbyPeers::kFirstAgainMs, kNobody), Addresses{address_of(kGreater)});
  EXPECT_EQ(greater.due(100 + NearbyPeers::kFirstAgainMs, kNobody), Addresses{});
  EXPECT_EQ(greater.due(100 + NearbyPeers::kSecondAgainMs, kNobody), Addresses{address_of(kLesser)});
}

TEST(NearbyPeers, AreLeftAloneOnceConnectedOrAfterTheLastTry) {
  NearbyPeers peers{PeerId(kLesser)};
  peers.found(address_of(kGreater), 0);
  EXPECT_EQ(peers.due(0, [](const PeerId& peer) { return peer.text() == kGreater; }), Addresses{});
  EXPECT_EQ(peers.due(60'000, kNobody), Addresses{});
  peers.found(address_of(kGreater), 100'000);
  std::uint32_t dialled = 0;
  for (std::uint64_t now_ms = 100'000; now_ms < 200'000; now_ms += 100)
    dialled += static_cast<std::uint32_t>(peers.due(now_ms, kNobody).size());
  EXPECT_EQ(dialled, NearbyPeers::kTriesMax);
}

TEST(NearbyPeers, OfTooManyAndOfNobodyNoneIsKept) {
  NearbyPeers peers{PeerId(kLesser)};
  peers.found("/ip4/10.0.0.1/tcp/4001", 0);
  peers.found(address_of(kLesser), 0);
  EXPECT_EQ(peers.due(0, kNobody), Addresses{});
  for (std::size_t i = 0; i < 2 * NearbyPeers::kPeersMax; ++i)
    peers.found(address_of("12D3KooW" + std::to_string(i)), 0);
  EXPECT_EQ(peers.due(0, kNobody).size(), NearbyPeers::kPeersMax);
}

}  // namespace
}  // namespace icn::network
