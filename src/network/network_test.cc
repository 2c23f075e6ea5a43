#include "network/network.h"

#include <gtest/gtest.h>

#include <map>

#include "codec/records.h"
#include "network/errors.h"
#include "network/sim/sim_world.h"

namespace icn::network {
namespace {

struct WholeNode {
  WholeNode(SimWorld& world, ManualClock& clock, std::uint64_t seed)
      : random(seed),
        key(crypto::SecretKey::generate(random)),
        metrics(clock),
        network({world.make_transport(key.public_key()), key, clock, random, make_silent_log(), metrics, {}},
                options()) {}

  static NetworkOptions options() {
    NetworkOptions out;
    out.network_id = "test";
    out.capabilities = {"CclWasm"};
    out.topics = {"further"};
    return out;
  }
  void start() { ASSERT_TRUE(network.start().ok()); }
  std::string address() { return network.addresses()[0]; }

  SeededRandom random;
  crypto::SecretKey key;
  telemetry::Metrics metrics;
  Network network;
};

struct NetworkTest : testing::Test {
  NetworkTest() {
    for (std::uint64_t i = 0; i < 6; ++i) nodes.push_back(std::make_unique<WholeNode>(world, clock, 50 + i));
  }
  void start_and_meet_first() {
    for (auto& node : nodes) {
      node->start();
      node->network.connect(nodes[0]->address(), [](const Result<PeerId>&) {});
    }
    world.run_for(1'000);
  }

  ManualClock clock;
  SimWorld world{11, clock};
  std::vector<std::unique_ptr<WholeNode>> nodes;
};

TEST_F(NetworkTest, EveryNodeFindsAllOthersThroughOne) {
  start_and_meet_first();
  EXPECT_EQ(nodes[0]->network.peer_count(), 5u);
  world.run_for(5'000);
  for (auto& node : nodes) EXPECT_EQ(node->network.peer_count(), 5u);
}

TEST_F(NetworkTest, NodesTellThatTheyAreThere) {
  std::map<PeerId, Heartbeat> got;
  nodes[0]->network.gossip()->join(Topic::kHeartbeat, [&](const Envelope& envelope) {
    const auto heartbeat = codec::decode_block<Heartbeat>(envelope.payload);
    if (heartbeat.ok()) got.insert_or_assign(heartbeat->peer_id, *heartbeat);
    return Verdict::kAccept;
  });
  start_and_meet_first();
  world.run_for(10'000);
  ASSERT_EQ(got.size(), 5u);  // of each other node
  EXPECT_EQ(got.begin()->second.capabilities, std::vector<std::string>{"CclWasm"});
}

TEST_F(NetworkTest, AnOperatorKeepsAPeerOutForAWhile) {
  start_and_meet_first();
  Network& first = nodes[0]->network;
  const PeerId peer = nodes[1]->network.peer_id();
  ASSERT_TRUE(first.disconnect(peer, 100).ok());
  EXPECT_EQ(first.peer_count(), 4u);
  std::string code;
  nodes[1]->network.connect(nodes[0]->address(),
                            [&](const Result<PeerId>& met) { code = met.ok() ? "" : met.error().code(); });
  world.run_for(20'000);
  EXPECT_EQ(code, "F008");
  EXPECT_EQ(first.disconnect(peer, 0).error().code(), "peer_not_found");
  EXPECT_EQ(first.disconnect(PeerId("x"), 0).error().code(), "bad_peer_id");
  world.run_for(100'000);
  EXPECT_TRUE(first.standing().bans().empty());
  nodes[1]->network.connect(nodes[0]->address(), [](const Result<PeerId>&) {});
  world.run_for(1'000);
  EXPECT_EQ(first.peer_count(), 5u);
}

TEST_F(NetworkTest, AnOperatorLetsAPeerInBeforeTheBanIsOver) {
  start_and_meet_first();
  Network& first = nodes[0]->network;
  const PeerId peer = nodes[1]->network.peer_id();
  EXPECT_EQ(first.ban(PeerId("x"), 100, "no").error().code(), "bad_peer_id");
  EXPECT_EQ(first.lift_ban(PeerId("x")).error().code(), "bad_peer_id");
  EXPECT_EQ(first.lift_ban(peer).error().code(), "ban_not_found");
  const auto ban = first.ban(peer, 100, "a test");
  ASSERT_TRUE(ban.ok());
  EXPECT_EQ(ban->until, clock.now_secs() + 100);
  EXPECT_EQ(first.peer_count(), 4u);
  ASSERT_TRUE(first.lift_ban(peer).ok());
  EXPECT_TRUE(first.standing().bans().empty());
  nodes[1]->network.connect(nodes[0]->address(), [](const Result<PeerId>&) {});
  world.run_for(1'000);
  EXPECT_EQ(first.peer_count(), 5u);
}

TEST_F(NetworkTest, ARoundTripIsMeasuredWhenItIsAskedFor) {
  start_and_meet_first();
  Network& first = nodes[0]->network;
  const PeerId peer = nodes[1]->network.peer_id();
  std::string code;
  const auto refused = [&](const Result<std::uint64_t>& rtt) { code = rtt.ok() ? "" : rtt.error().code(); };
  first.ping(PeerId("x"), refused);
  EXPECT_EQ(code, "bad_peer_id");
  first.ping(network::peer_id(crypto::SecretKey::from_seed(Bytes(32, 7)).public_key()), refused);
  EXPECT_EQ(code, "peer_not_found");
  std::uint64_t rtt_us = 0;
  first.ping(peer, [&](const Result<std::uint64_t>& rtt) { rtt_us = rtt.ok() ? *rtt : 0; });
  world.run_for(1'000);
  const SimOptions latency;
  EXPECT_GE(rtt_us, 2'000 * latency.latency_min_ms);
  EXPECT_LE(rtt_us, 2'000 * latency.latency_max_ms);
  world.partition({{peer}, {first.peer_id()}});
  code.clear();
  first.ping(peer, refused);
  world.run_for(60'000);
  EXPECT_EQ(code, "F008");
}

TEST_F(NetworkTest, WhoSendsWrongBlocksAgainAndAgainIsBanned) {
  nodes[1]->network.serve_blocks([](const Cid&) { return Bytes{9}; });
  start_and_meet_first();
  Network& first = nodes[0]->network;
  const Cid cid = Cid::of(codec::kRaw, Bytes{1});
  std::string code;
  first.fetch_block(cid, 20'000,
                    [&](const Result<Bytes>& got) { code = got.ok() ? "" : got.error().code(); });
  world.run_for(21'000);
  EXPECT_EQ(code, "block_not_fetched");
  ASSERT_EQ(first.standing().bans().size(), 1u);
  EXPECT_EQ(first.standing().bans()[0].peer, nodes[1]->network.peer_id());
}

TEST(Network, WithoutATransportItStillHasItsPeerId) {
  ManualClock clock;
  SeededRandom random(1);
  telemetry::Metrics metrics(clock);
  const crypto::SecretKey key = crypto::SecretKey::generate(random);
  Network network({nullptr, key, clock, random, make_silent_log(), metrics, {}}, {});
  ASSERT_TRUE(network.start().ok());
  EXPECT_EQ(network.peer_id(), peer_id(key.public_key()));
  EXPECT_TRUE(network.addresses().empty());
  std::string code;
  network.connect("/ip4/127.0.0.1/tcp/1", [&](const Result<PeerId>& met) { code = met.error().code(); });
  EXPECT_EQ(code, "network_off");
  EXPECT_EQ(network.disconnect(PeerId("x"), 0).error().code(), "network_off");
  EXPECT_NE(metrics.render().find("icn_p2p_peers_connected 0"), std::string::npos);
}

}  // namespace
}  // namespace icn::network
