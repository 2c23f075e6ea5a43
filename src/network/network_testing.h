#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "network/gossip.h"
#include "network/sim/sim_world.h"

namespace icn::network {

// A node of a simulated network: transport, standing and gossip. For tests.
struct SimNode {
  SimNode(SimWorld& world, ManualClock& clock, std::uint64_t seed, GossipOptions options = {"test"})
      : random(seed),
        key(crypto::SecretKey::generate(random)),
        metrics(clock),
        transport(world.make_transport(key.public_key())),
        standing(clock, {},
                 [this](const PeerId& peer, bool is_banned) { transport->set_banned(peer, is_banned); }),
        gossip({*transport, standing, key, clock, random, metrics, {}}, std::move(options)) {
    transport->on_message([this](const Message& message) { return gossip.receive(message); });
    EXPECT_TRUE(transport->start().ok());
  }
  ~SimNode() { transport->stop(); }

  const PeerId& id() const { return transport->local_peer(); }
  void collect(Topic topic) {
    gossip.join(topic, [this](const Envelope& envelope) {
      got.push_back(envelope);
      return Verdict::kAccept;
    });
  }

  SeededRandom random;
  crypto::SecretKey key;
  telemetry::Metrics metrics;
  std::unique_ptr<Transport> transport;
  Standing standing;
  Gossip gossip;
  std::vector<Envelope> got;
};

}  // namespace icn::network
