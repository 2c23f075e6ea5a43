#include "network/content_keeper.h"

#include <gtest/gtest.h>

#include "dag/dag_testing.h"
#include "network/sim/sim_world.h"

namespace icn::network {
namespace {

using dag::Pinned;
using dag::Visibility;
using dag::testing::by;
using dag::testing::node_of;
using dag::testing::TestBlocks;
using dag::testing::text;

constexpr std::string_view kOwner = "did:key:node";

struct StoringNode {
  StoringNode(SimWorld& world, ManualClock& clock, std::uint64_t seed)
      : random(seed),
        key(crypto::SecretKey::generate(random)),
        metrics(clock),
        network({world.make_transport(key.public_key()), key, clock, random, make_silent_log(), metrics, {}},
                options()),
        exchange(network, *held.blocks, clock) {}
  ~StoringNode() {
    network.stop();
    held.blocks->writer().stop();
  }

  static NetworkOptions options() {
    NetworkOptions out;
    out.network_id = "test";
    return out;
  }
  void settle() {
    EXPECT_TRUE(held.blocks->writer().run(1, [](dag::Batch&) { return Result<void>(); }).ok());
  }
  Pinned pinned(const Cid& cid) { return *dag::pinned(*held.store, cid, 0); }
  bool has(const Cid& cid) { return *held.blocks->has(cid); }

  SeededRandom random;
  crypto::SecretKey key;
  telemetry::Metrics metrics;
  TestBlocks held;
  Network network;
  BlockExchange exchange;
};

struct ContentKeeperTest : testing::Test {
  ContentKeeperTest() {
    options.owner = Did(std::string(kOwner));
    options.blocks_max = 3;
    for (auto* node : {&here, &there}) EXPECT_TRUE(node->network.start().ok());
  }
  void meet() {
    here.network.connect(there.network.addresses()[0], [](const Result<PeerId>&) {});
    world.run_for(1'000);
  }
  // What a node does in so many seconds.
  void run(ContentKeeper& keeper, int secs) {
    for (int i = 0; i < secs; ++i) {
      keeper.tick();
      world.run_for(500);
      here.settle();
      world.run_for(500);
    }
  }
  ContentKeeper& make() {
    return kept.emplace(here.network, here.exchange, *here.held.blocks, clock, make_silent_log(), options);
  }
  Cid put_there(std::string_view words) {
    return there.held.put(text(words), by("did:key:a", Visibility::kPublic));
  }

  ManualClock clock;
  SimWorld world{11, clock};
  std::optional<ContentKeeper> kept;  // outlives what the nodes still answer when they stop
  StoringNode here{world, clock, 1};
  StoringNode there{world, clock, 2};
  ContentKeeperOptions options;
};

TEST_F(ContentKeeperTest, FetchesAndPinsWhatAPeerHas) {
  const Cid cid = put_there("words");
  const Cid held = here.held.put(text("mine"), by("did:key:a", Visibility::kPublic));
  meet();
  ContentKeeper& keeper = make();
  EXPECT_TRUE(keeper.want(cid) && keeper.want(held) && keeper.want(cid));
  EXPECT_EQ(keeper.waiting(), 2u);
  run(keeper, 4);
  EXPECT_EQ(keeper.waiting(), 0u);
  for (const Cid& each : {cid, held}) EXPECT_EQ(here.pinned(each), Pinned::kDirect);
  EXPECT_TRUE(here.exchange.is_public(cid));
  EXPECT_TRUE(keeper.want(cid));  // once is enough
  EXPECT_EQ(keeper.waiting(), 0u);
}

TEST_F(ContentKeeperTest, AsksAgainAtOnceWhenAPeerComes) {
  const Cid cid = put_there("words");
  ContentKeeper& keeper = make();
  keeper.want(cid);
  run(keeper, 100);  // the pause has grown to more than a minute
  EXPECT_FALSE(here.has(cid));
  meet();
  run(keeper, 3);
  EXPECT_EQ(here.pinned(cid), Pinned::kDirect);
}

TEST_F(ContentKeeperTest, PausesGrow) {
  std::size_t asked = 0;
  there.network.serve_blocks([&](const Cid&) {
    ++asked;
    return std::optional<Bytes>();
  });
  meet();
  options.timeout_ms = 100;  // the simulated transport asks once in that time
  ContentKeeper& keeper = make();
  keeper.want(Cid::of(codec::kRaw, text("nobody has it")));
  run(keeper, 2'000);
  // 1 + 2 + 4 + ... + 512 s, then every 600 s: 11 or 12 times, more by what a tick may be late.
  EXPECT_GE(asked, 10u);
  EXPECT_LE(asked, 12u);
  EXPECT_EQ(keeper.waiting(), 1u);
}

TEST_F(ContentKeeperTest, KeepsWhatIsBelowUpToABound) {
  const Cid leaf = put_there("leaf");
  const Cid small = there.held.put(node_of({leaf}), by("did:key:a", Visibility::kPublic), codec::kDagCbor);
  std::vector<Cid> many;
  for (const char* each : {"1", "2", "3", "4", "5"}) many.push_back(put_there(each));
  const Cid large = there.held.put(node_of(many), by("did:key:a", Visibility::kPublic), codec::kDagCbor);
  meet();
  ContentKeeper& keeper = make();
  EXPECT_TRUE(keeper.want(small) && keeper.want(large));
  run(keeper, 5);
  EXPECT_EQ(here.pinned(small), Pinned::kRecursive);
  EXPECT_TRUE(here.has(leaf));
  EXPECT_EQ(here.pinned(large), Pinned::kDirect);
  for (const Cid& each : many) EXPECT_FALSE(here.has(each));
  EXPECT_EQ(keeper.waiting(), 0u);
}

TEST_F(ContentKeeperTest, AnHourTakesSoMuchAndNoMore) {
  options.parallel = 1;
  options.hour_bytes_max = 10;
  std::vector<Cid> cids;
  for (const char* each : {"twelve bytes", "twelve-bytes"}) cids.push_back(put_there(each));
  meet();
  ContentKeeper& keeper = make();
  for (const Cid& each : cids) keeper.want(each);
  run(keeper, 60);
  EXPECT_EQ(here.has(cids[0]) + here.has(cids[1]), 1);
  EXPECT_EQ(keeper.waiting(), 1u);  // the first is pinned
  clock.advance(std::chrono::hours(1));
  run(keeper, 4);
  EXPECT_TRUE(here.has(cids[0]) && here.has(cids[1]));
}

TEST_F(ContentKeeperTest, LeavesPrivateBlocksAloneAndTakesNoMoreThanFits) {
  options.waiting_max = 2;
  const Cid secret = here.held.put(text("secret"), by("did:key:a"));
  meet();
  ContentKeeper& keeper = make();
  keeper.want(secret);
  run(keeper, 2);
  EXPECT_EQ(keeper.waiting(), 0u);
  EXPECT_EQ(here.pinned(secret), Pinned::kNo);
  EXPECT_FALSE(here.exchange.is_public(secret));
  const auto named = [](std::string_view words) { return Cid::of(codec::kRaw, text(words)); };
  EXPECT_TRUE(keeper.want(named("a")) && keeper.want(named("b")) && keeper.want(named("a")));
  EXPECT_FALSE(keeper.want(named("c")));
}

}  // namespace
}  // namespace icn::network
