#include "network/peer_id.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

// The Ed25519 public key of the libp2p specification (peer-ids, "Test vectors"); its peer id calculated from
// the specification with a base58 of Python integers.
constexpr std::string_view kKeyHex = "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
constexpr std::string_view kPeerText = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";

TEST(PeerId, IsTheIdentityMultihashOfTheKey) {
  const auto key = crypto::PublicKey::from_bytes(*hex_decode(kKeyHex));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(peer_id(*key).text(), kPeerText);
  const auto back = public_key(PeerId(std::string(kPeerText)));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, *key);
}

TEST(PeerId, OfAnotherKindOfKeyIsRefused) {
  for (const std::string text : {"", "x", "0OIl", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
                                 "16Uiu2HAkwxu9bgQTkLdCbm2KVZvBYrxJLvr1nEBbHvQvUwpJkZnK"}) {
    EXPECT_FALSE(public_key(PeerId(text)).ok()) << text;
  }
}

TEST(PeerId, IsReadFromTheEndOfAnAddress) {
  EXPECT_EQ(peer_of_address("/ip4/10.0.0.7/tcp/4001/p2p/abc").text(), "abc");
  EXPECT_TRUE(peer_of_address("/ip4/10.0.0.7/tcp/4001").empty());
  EXPECT_TRUE(peer_of_address("/ip4/10.0.0.7/tcp/1/p2p/relay/p2p-circuit").empty());
}

}  // namespace
}  // namespace icn::network
