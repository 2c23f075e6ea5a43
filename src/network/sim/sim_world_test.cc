#include "network/sim/sim_world.h"

#include <gtest/gtest.h>

#include "network/errors.h"
#include "network/network_testing.h"

namespace icn::network {
namespace {

struct Nodes {
  explicit Nodes(std::uint64_t seed, std::size_t count = 5, SimOptions options = {})
      : world(seed, clock, options) {
    for (std::size_t i = 0; i < count; ++i) {
      nodes.push_back(std::make_unique<SimNode>(world, clock, 100 + i));
      nodes.back()->collect(Topic::kJobs);
      if (i > 0)
        nodes[i]->transport->connect(nodes[0]->transport->addresses()[0], [](const Result<PeerId>&) {});
    }
    world.run_for(500);
  }
  void say(std::size_t from) { nodes[from]->gossip.send({PayloadType::kJobAnnouncement, {1}, {}, ""}); }

  ManualClock clock;
  SimWorld world;
  std::vector<std::unique_ptr<SimNode>> nodes;
};

TEST(SimWorld, TheSameSeedGivesTheSameHistory) {
  const auto run = [](std::uint64_t seed) {
    Nodes nodes(seed, 5, {.loss_ppm = 100'000});
    for (int i = 0; i < 50; ++i) nodes.say(i % 5);
    nodes.world.run_for(5'000);
    return std::pair(nodes.world.delivered(), nodes.world.history_hash());
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(SimWorld, LosesTheShareItIsToldTo) {
  Nodes nodes(3, 2, {.loss_ppm = 200'000});
  for (int i = 0; i < 100; ++i) nodes.say(1);
  nodes.world.run_for(1'000);
  EXPECT_GT(nodes.nodes[0]->got.size(), 65u);
  EXPECT_LT(nodes.nodes[0]->got.size(), 95u);
}

TEST(SimWorld, ReordersOnlyWhenItMay) {
  const auto is_in_order = [](bool is_reordering) {
    Nodes nodes(4, 2, {.is_reordering = is_reordering});
    for (std::uint8_t i = 0; i < 50; ++i)
      nodes.nodes[1]->gossip.send({PayloadType::kJobAnnouncement, {i}, {}, ""});
    nodes.world.run_for(1'000);
    EXPECT_EQ(nodes.nodes[0]->got.size(), 50u);
    return std::ranges::is_sorted(nodes.nodes[0]->got, {}, &Envelope::payload);
  };
  EXPECT_FALSE(is_in_order(true));
  EXPECT_TRUE(is_in_order(false));
}

TEST(SimWorld, APartitionCutsAndHeals) {
  Nodes nodes(5, 3);
  const auto id = [&](std::size_t i) { return nodes.nodes[i]->id(); };
  nodes.world.partition({{id(0), id(1)}, {id(2)}});
  nodes.say(0);
  nodes.world.run_for(1'000);
  EXPECT_EQ(nodes.nodes[1]->got.size(), 1u);
  EXPECT_EQ(nodes.nodes[2]->got.size(), 0u);
  EXPECT_EQ(nodes.nodes[0]->transport->peer_count(), 2u);
  nodes.world.run_for(40'000);
  EXPECT_EQ(nodes.nodes[0]->transport->peer_count(), 1u);
  nodes.world.heal();
  nodes.nodes[2]->transport->connect(nodes.nodes[0]->transport->addresses()[0], [](const Result<PeerId>&) {});
  nodes.world.run_for(1'000);
  nodes.say(0);
  nodes.world.run_for(1'000);
  EXPECT_EQ(nodes.nodes[2]->got.size(), 1u);
}

TEST(SimWorld, RequestsAreAnsweredOrFailInTime) {
  Nodes nodes(6, 3);
  nodes.nodes[0]->transport->serve(Protocol::kMesh, [](const PeerId&, Bytes data, const Respond& respond) {
    if (data.size() == 1) return respond(std::nullopt);
    std::ranges::reverse(data);
    respond(data);
  });
  std::vector<std::string> answers;
  const auto ask = [&](Bytes data) {
    nodes.nodes[1]->transport->request(
        Protocol::kMesh, nodes.nodes[0]->id(), std::move(data), [&](const Result<Bytes>& got) {
          answers.push_back(got.ok() ? hex_encode(*got) : std::string(got.error().code()));
        });
  };
  ask({1, 2});
  nodes.world.run_for(1'000);
  ask({1});
  nodes.world.run_for(1'000);
  EXPECT_EQ(answers, (std::vector<std::string>{"0201", "F008"}));
  nodes.world.partition({{nodes.nodes[0]->id()}, {nodes.nodes[1]->id()}});
  ask({1, 2});
  nodes.world.run_for(9'999);
  EXPECT_EQ(answers.size(), 2u);
  nodes.world.run_for(1);
  EXPECT_EQ(answers.back(), "F008");
}

TEST(SimWorld, ARecordIsFoundByAnother) {
  Nodes nodes(7, 3);
  nodes.nodes[1]->transport->put_record({1}, {2, 3}, [](const Result<void>&) {});
  nodes.world.run_for(1'000);
  std::string found, missing;
  nodes.nodes[2]->transport->get_record({9}, [&](const Result<Bytes>& got) { missing = got.error().code(); });
  nodes.nodes[0]->transport->get_record({1}, [&](const Result<Bytes>& got) { found = hex_encode(*got); });
  nodes.world.run_for(3'000);
  EXPECT_EQ(found, "0203");
  EXPECT_EQ(missing, "record_not_found");
}

TEST(SimWorld, ALyingPeerIsToldOfAndTheBlockStillComes) {
  Nodes nodes(8, 3);
  const Bytes block{1, 2, 3};
  const Cid cid = Cid::of(codec::kRaw, block);
  nodes.nodes[1]->transport->serve_blocks([](const Cid&, const Respond& respond) { respond(Bytes{9}); });
  bool is_honest_one_ready = false;
  nodes.nodes[2]->transport->serve_blocks([&](const Cid& asked, const Respond& respond) {
    respond(is_honest_one_ready && asked == cid ? std::optional(block) : std::nullopt);
  });
  std::vector<PeerId> liars;
  nodes.nodes[0]->transport->on_bad_block([&](const PeerId& peer) { liars.push_back(peer); });
  Bytes got;
  nodes.nodes[0]->transport->fetch_block(cid, 5'000, [&](const Result<Bytes>& fetched) { got = *fetched; });
  nodes.world.run_for(900);
  ASSERT_EQ(liars, std::vector<PeerId>{nodes.nodes[1]->id()});
  EXPECT_TRUE(got.empty());
  is_honest_one_ready = true;
  nodes.world.run_for(6'000);
  EXPECT_EQ(got, block);
  for (const PeerId& liar : liars) EXPECT_EQ(liar, nodes.nodes[1]->id());
}

TEST(SimWorld, StoppingAnswersAllThatWait) {
  Nodes nodes(9, 2);
  std::vector<std::string> codes;
  Transport& transport = *nodes.nodes[1]->transport;
  transport.request(Protocol::kSync, nodes.nodes[0]->id(), {1},
                    [&](const Result<Bytes>& got) { codes.emplace_back(got.error().code()); });
  transport.fetch_block(Cid::of(codec::kRaw, {}), 5'000,
                        [&](const Result<Bytes>& got) { codes.emplace_back(got.error().code()); });
  transport.stop();
  EXPECT_EQ(codes, (std::vector<std::string>{"network_off", "network_off"}));
  transport.get_record({1}, [&](const Result<Bytes>& got) { codes.emplace_back(got.error().code()); });
  EXPECT_EQ(codes.size(), 3u);
  EXPECT_EQ(nodes.nodes[0]->transport->peer_count(), 0u);
}

}  // namespace
}  // namespace icn::network
