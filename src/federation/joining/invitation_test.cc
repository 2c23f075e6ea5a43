#include "federation/joining/invitation.h"

#include <gtest/gtest.h>

namespace icn::federation {
namespace {

using Texts = std::vector<std::string>;

const std::string kHere = "/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWvalley";
const std::string kHere6 = "/ip6/::1/udp/4001/quic-v1/p2p/12D3KooWvalley";
const std::string kThere = "/ip4/192.0.2.7/tcp/4001/p2p/12D3KooWvalley";

TEST(Invitation, NamesNoAddressThatLeadsBackToTheNewcomer) {
  EXPECT_EQ(told_addresses({kHere, kThere, kHere6}, {"https://valley.example:7845"}), Texts({kThere}));
  EXPECT_EQ(told_addresses({kHere, kHere6}, {"https://valley.example:7845", "http://127.0.0.1:7845"}),
            Texts());
}

TEST(Invitation, NamesThemAllOnOneMachine) {
  EXPECT_EQ(told_addresses({kHere, kThere}, {"http://127.0.0.1:7845", "http://localhost:7846"}),
            Texts({kHere, kThere}));
  EXPECT_EQ(told_addresses(Texts(40, kHere), {"http://[::1]:7845"}).size(), kPeerAddressesMax);
}

TEST(Invitation, AddressesOfPeersNameThePeer) {
  Invitation invitation;
  EXPECT_TRUE(check_addresses(invitation).ok());
  invitation.addresses = {kThere, "/dns4/valley.example/tcp/4001/p2p/12D3KooWvalley"};
  EXPECT_TRUE(check_addresses(invitation).ok());
  for (const std::string wrong : {"", "valley.example:4001", "/ip4/192.0.2.7/tcp/4001"}) {
    invitation.addresses = {wrong};
    EXPECT_FALSE(check_addresses(invitation).ok()) << wrong;
  }
  invitation.addresses = {"/dns4/" + std::string(300, 'a') + "/tcp/1/p2p/12D3KooWvalley"};
  EXPECT_FALSE(check_addresses(invitation).ok());
}

}  // namespace
}  // namespace icn::federation
