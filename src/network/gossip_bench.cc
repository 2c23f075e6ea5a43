#include <benchmark/benchmark.h>

#include "network/gossip.h"
#include "network/sim/sim_world.h"

namespace icn::network {
namespace {

// What one node does for a message of a peer: reads it, checks it, asks its handler. Guide: 500 a second.
void receive(benchmark::State& state) {
  ManualClock clock;
  SimWorld world(1, clock);
  SeededRandom random(1);
  telemetry::Metrics metrics(clock);
  const crypto::SecretKey key = crypto::SecretKey::generate(random);
  const auto transport = world.make_transport(key.public_key());
  Standing standing(clock, {}, [](const PeerId&, bool) {});
  GossipOptions options;
  options.network = "bench";
  options.rate = options.burst = options.peer_rate = 1'000'000'000;
  Gossip gossip({*transport, standing, key, clock, random, metrics, {}}, options);
  gossip.join(Topic::kHeartbeat, [](const Envelope&) { return Verdict::kAccept; });
  const PeerId peer("peer");
  const std::string topic = gossip.topic_name(Topic::kHeartbeat);
  std::vector<Message> messages;
  std::size_t next = 0;
  std::int64_t accepted = 0;
  for (auto _ : state) {
    if (next == messages.size()) {
      state.PauseTiming();
      messages.clear();
      next = 0;
      clock.advance(std::chrono::seconds(200));  // so that what was seen is forgotten
      for (int i = 0; i < 256; ++i) {
        const Letter letter{PayloadType::kHeartbeat, random.bytes(300), {}, ""};
        messages.push_back({peer, topic, *seal_envelope(letter, "bench", key, clock, random)});
      }
      state.ResumeTiming();
    }
    accepted += gossip.receive(messages[next++]) == Verdict::kAccept ? 1 : 0;
  }
  if (accepted != state.iterations()) state.SkipWithError("a message was not accepted");
  state.SetItemsProcessed(accepted);
}
BENCHMARK(receive);

}  // namespace
}  // namespace icn::network
