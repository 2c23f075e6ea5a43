#include "network/ban_store.h"

#include <gtest/gtest.h>

#include "network/network.h"
#include "network/sim/sim_world.h"
#include "storage/memory/memory_engine.h"

namespace icn::network {
namespace {

// A node whose store outlives it, as a disk does.
struct BanStoreTest : testing::Test {
  ~BanStoreTest() override { stop(); }

  void start() {
    store = engine.open({BanStore::table()}).value();
    writes = std::make_unique<storage::GroupCommit>(*store);
    SimWorld& sim = *worlds.emplace_back(std::make_unique<SimWorld>(11, clock));
    NetworkOptions options;
    options.network_id = "test";
    network = std::make_unique<Network>(
        NetworkParts{sim.make_transport(key.public_key()),
                     key,
                     clock,
                     random,
                     make_silent_log(),
                     metrics,
                     {},
                     std::make_unique<BanStore>(*store, *writes, make_silent_log())},
        options);
    stranger = sim.make_transport(strangers_key.public_key());
    ASSERT_TRUE(network->start().ok());
    ASSERT_TRUE(stranger->start().ok());
  }
  void stop() {
    if (network) network->stop();
    if (stranger) stranger->stop();
    if (writes) writes->stop();
    network.reset();
    stranger.reset();
    writes.reset();
    store.reset();
  }
  void restart() {
    stop();
    start();
  }
  bool lets_in() {
    stranger->connect(network->addresses()[0], [](const Result<PeerId>&) {});
    worlds.back()->run_for(2'000);
    return network->peer_count() == 1;
  }

  ManualClock clock;
  SeededRandom random{5};
  crypto::SecretKey key = crypto::SecretKey::from_seed(Bytes(32, 1));
  crypto::SecretKey strangers_key = crypto::SecretKey::from_seed(Bytes(32, 2));
  PeerId banned = peer_id(strangers_key.public_key());
  telemetry::Metrics metrics{clock};
  storage::MemoryEngine engine;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::GroupCommit> writes;
  std::vector<std::unique_ptr<SimWorld>> worlds;
  std::unique_ptr<Network> network;
  std::unique_ptr<Transport> stranger;
};

TEST_F(BanStoreTest, ABanOutlastsARestartAndExpires) {
  start();
  EXPECT_TRUE(lets_in());
  ASSERT_TRUE(network->disconnect(banned, 3'600).ok());
  EXPECT_FALSE(lets_in());
  clock.advance(std::chrono::seconds(1'000));
  restart();
  const auto bans = network->standing().bans();
  ASSERT_EQ(bans.size(), 1u);
  EXPECT_EQ(bans[0].peer, banned);
  EXPECT_EQ(bans[0].reason, "by the operator");
  EXPECT_FALSE(lets_in());
  clock.advance(std::chrono::seconds(2'601));
  restart();
  EXPECT_TRUE(network->standing().bans().empty());
  EXPECT_TRUE(lets_in());
  restart();
  EXPECT_TRUE(BanStore(*store, *writes, make_silent_log()).load(0)->empty());
}

TEST_F(BanStoreTest, WhatEndsWhileItRunsIsForgotten) {
  start();
  ASSERT_TRUE(network->disconnect(banned, 3'600).ok());
  ASSERT_TRUE(network->standing().lift(banned));
  restart();
  EXPECT_TRUE(network->standing().bans().empty());
  EXPECT_TRUE(lets_in());
}

}  // namespace
}  // namespace icn::network
