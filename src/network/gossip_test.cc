#include "network/gossip.h"

#include <gtest/gtest.h>

#include <map>

#include "codec/records.h"
#include "crypto/key_text.h"
#include "network/network_testing.h"

namespace icn::network {
namespace {

using std::chrono::seconds;

struct GossipTest : testing::Test {
  ManualClock clock;
  SimWorld world{1, clock};
  SimNode node{world, clock, 10};
  SimNode stranger{world, clock, 20};
  const PeerId peer{"handed-on"};

  GossipTest() {
    for (const auto& [topic, name] : enum_names(Topic{})) node.collect(topic);
  }
  Bytes sealed(PayloadType type = PayloadType::kHeartbeat, const std::string& network = "test") {
    return *seal_envelope({type, {1, 2, 3}, {}, ""}, network, stranger.key, clock, stranger.random);
  }
  Verdict receive(Bytes data, Topic topic = Topic::kHeartbeat) {
    return node.gossip.receive({peer, node.gossip.topic_name(topic), std::move(data)});
  }
  // The envelope changed after it was signed.
  Bytes changed(const std::function<void(Envelope&)>& change) {
    Envelope envelope = *codec::decode_block<Envelope>(sealed());
    change(envelope);
    return codec::encode_block(envelope);
  }
};

TEST_F(GossipTest, AGoodMessageIsAcceptedOnce) {
  const Bytes message = sealed();
  EXPECT_EQ(receive(message), Verdict::kAccept);
  EXPECT_EQ(receive(message), Verdict::kIgnore);
  ASSERT_EQ(node.got.size(), 1u);
  EXPECT_EQ(node.got[0].sender, crypto::did_key(stranger.key.public_key()));
  EXPECT_EQ(node.got[0].payload, (Bytes{1, 2, 3}));
  EXPECT_EQ(node.standing.score(peer), 0);
}

TEST_F(GossipTest, WhatIsNoEnvelopeCountsAgainstWhoHandedItOn) {
  EXPECT_EQ(receive({1, 2, 3}), Verdict::kReject);
  EXPECT_EQ(receive(sealed(PayloadType::kHeartbeat, "other")), Verdict::kReject);
  EXPECT_EQ(node.standing.score(peer), -2);
  EXPECT_EQ(node.gossip.invalid(), 2u);
  EXPECT_TRUE(node.got.empty());
}

TEST_F(GossipTest, AMessageOnTheTopicOfAnotherKindIsRejected) {
  EXPECT_EQ(receive(sealed(PayloadType::kBidSubmission), Topic::kJobs), Verdict::kReject);
  EXPECT_EQ(receive(sealed(PayloadType::kBidSubmission), Topic::kBids), Verdict::kAccept);
}

TEST_F(GossipTest, WhatWasChangedAfterSigningIsRejected) {
  EXPECT_EQ(receive(changed([](Envelope& each) { each.payload[0] ^= 1; })), Verdict::kReject);
  EXPECT_EQ(receive(changed([](Envelope& each) { each.signature[0] ^= 1; })), Verdict::kReject);
}

TEST_F(GossipTest, AnothersNameIsRejected) {
  const Bytes forged = changed([&](Envelope& each) { each.sender = crypto::did_key(node.key.public_key()); });
  EXPECT_EQ(receive(forged), Verdict::kReject);
  // And does not spoil the message it was made of.
  EXPECT_EQ(receive(sealed()), Verdict::kAccept);
}

TEST_F(GossipTest, WhatIsOlderOrNewerThanAMinuteIsDropped) {
  const Bytes old = sealed();
  clock.advance(seconds(61));
  EXPECT_EQ(receive(old), Verdict::kIgnore);
  const ManualClock ahead(clock.now_ms() + 61'000);
  const auto early = seal_envelope({}, "test", stranger.key, ahead, stranger.random);
  EXPECT_EQ(receive(*early), Verdict::kIgnore);
  EXPECT_EQ(receive(sealed()), Verdict::kAccept);
}

TEST_F(GossipTest, ASenderHasFiftyMessagesASecondAndTopic) {
  int accepted = 0;
  for (int i = 0; i < 150; ++i) accepted += receive(sealed()) == Verdict::kAccept ? 1 : 0;
  EXPECT_EQ(accepted, 100);
  EXPECT_EQ(receive(sealed(PayloadType::kJobCancel), Topic::kJobs), Verdict::kAccept);
  clock.advance(seconds(1));
  accepted = 0;
  for (int i = 0; i < 150; ++i) accepted += receive(sealed()) == Verdict::kAccept ? 1 : 0;
  EXPECT_EQ(accepted, 50);
  EXPECT_EQ(node.standing.score(peer), 0);
}

TEST_F(GossipTest, AMutedPeerIsNotListenedTo) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(receive({0}), Verdict::kReject);
  EXPECT_EQ(receive(sealed()), Verdict::kIgnore);
  clock.advance(seconds(600));
  EXPECT_EQ(receive(sealed()), Verdict::kAccept);
}

TEST_F(GossipTest, AMessageReachesAllThroughOthers) {
  SimNode third(world, clock, 30);
  third.collect(Topic::kJobs);
  stranger.collect(Topic::kJobs);
  node.transport->connect(stranger.transport->addresses()[0], [](const Result<PeerId>&) {});
  third.transport->connect(stranger.transport->addresses()[0], [](const Result<PeerId>&) {});
  world.run_for(1'000);
  bool is_sent = false;
  node.gossip.send({PayloadType::kJobAnnouncement, {7}, {}, ""},
                   [&](const Result<void>& sent) { is_sent = sent.ok(); });
  world.run_for(1'000);
  EXPECT_TRUE(is_sent);
  ASSERT_EQ(third.got.size(), 1u);
  EXPECT_EQ(third.got[0].payload, Bytes{7});
}

// p2p.topics. One in the middle hands on what is said on a topic it has joined by its name, and on no other.
TEST_F(GossipTest, AFurtherTopicIsHandedOnWhereItWasJoined) {
  SimNode third(world, clock, 30);
  for (SimNode* end : {&node, &third}) {
    end->transport->subscribe("bakers");
    end->transport->subscribe("brewers");
    end->transport->connect(stranger.transport->addresses()[0], [](const Result<PeerId>&) {});
  }
  std::map<std::string, std::size_t> heard;
  third.transport->on_message([&](const Message& message) {
    ++heard[message.topic];
    return Verdict::kAccept;
  });
  stranger.gossip.join_named("bakers");
  world.run_for(1'000);
  const auto say = [&](const std::string& topic, Bytes data) {
    node.transport->publish(topic, std::move(data), {});
    world.run_for(1'000);
  };
  const auto envelope = [&] {
    return *seal_envelope({PayloadType::kHeartbeat, {1}, {}, ""}, "test", node.key, clock, node.random);
  };
  say("bakers", envelope());
  say("brewers", envelope());
  EXPECT_EQ(heard, (std::map<std::string, std::size_t>{{"bakers", 1}}));
  EXPECT_EQ(stranger.standing.score(node.id()), 0);
  // What is said there holds the rules of all other messages.
  say("bakers", {1, 2, 3});
  EXPECT_EQ(heard["bakers"], 1u);
  EXPECT_LT(stranger.standing.score(node.id()), 0);
}

TEST_F(GossipTest, AnEnvelopeAboveAMebibyteIsNotSent) {
  std::optional<Error> failure;
  node.gossip.send({PayloadType::kHeartbeat, Bytes(kEnvelopeBytesMax), {}, ""},
                   [&](const Result<void>& sent) {
                     if (!sent.ok()) failure = sent.error();
                   });
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->code(), "message_too_large");
}

}  // namespace
}  // namespace icn::network
