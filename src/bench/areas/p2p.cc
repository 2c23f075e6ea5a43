#include <atomic>
#include <chrono>
#include <thread>

#include "base/errors.h"
#include "bench/area.h"
#include "network/libp2p/libp2p_transport.h"
#include "network/network.h"

namespace icn::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kPayloadBytes = 300;
constexpr std::uint64_t kUnderWayMax = 256;
constexpr std::uint64_t kNoLimit = 1'000'000'000;
constexpr auto kMeetingWait = std::chrono::seconds(15);
constexpr auto kStandstill = std::chrono::milliseconds(200);

// The peer network of one node, and nothing else of it.
struct End {
  explicit End(std::uint8_t seed) : key(crypto::SecretKey::from_seed(Bytes(32, seed))), metrics(clock) {
    network::NetworkOptions options;
    options.network_id = "bench";
    options.gossip.rate = options.gossip.burst = options.gossip.peer_rate = kNoLimit;
    network::Libp2pOptions transport;
    transport.autonat = false;
    network = std::make_unique<network::Network>(
        network::NetworkParts{network::make_libp2p_transport({key, clock, log}, std::move(transport)),
                              key,
                              clock,
                              random,
                              log,
                              metrics,
                              {}},
        std::move(options));
  }
  ~End() { network->stop(); }

  SystemClock clock;
  SystemRandom random;
  std::shared_ptr<Log> log = make_silent_log();
  crypto::SecretKey key;
  telemetry::Metrics metrics;
  std::unique_ptr<network::Network> network;
};

void say_one(End& from, std::atomic<std::uint64_t>& failed) {
  network::Letter letter;
  letter.payload_type = network::PayloadType::kJobAnnouncement;
  letter.payload = from.random.bytes(kPayloadBytes);
  from.network->gossip()->send(std::move(letter), [&failed](const Result<void>& sent) {
    if (!sent.ok()) ++failed;
  });
}

// Until messages of one reach the other.
Result<void> meet(End& sender, End& receiver, const std::atomic<std::uint64_t>& received,
                  std::atomic<std::uint64_t>& failed) {
  const auto deadline = SteadyClock::now() + kMeetingWait;
  while (receiver.network->addresses().empty() && SteadyClock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (receiver.network->addresses().empty())
    return Error(errors::kUnavailable, "a peer network does not listen");
  sender.network->connect(receiver.network->addresses().front(), [](const Result<network::PeerId>&) {});
  while (received == 0 && SteadyClock::now() < deadline) {
    say_one(sender, failed);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  if (received == 0) return Error(errors::kUnavailable, "no message came over within 15 s");
  return {};
}

}  // namespace

Result<void> run_p2p(const Bench& bench) {
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> failed{0};
  End receiver(1);
  End sender(2);
  receiver.network->gossip()->join(network::Topic::kJobs, [&](const network::Envelope&) {
    ++received;
    return network::Verdict::kAccept;
  });
  ICN_TRY(receiver.network->start());
  ICN_TRY(sender.network->start());
  ICN_TRY(meet(sender, receiver, received, failed));

  const std::uint64_t before = received;
  const auto start = SteadyClock::now();
  const auto end = start + std::chrono::seconds(bench.seconds);
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t last = before;
  auto moved_at = start;
  while (SteadyClock::now() < end) {
    const std::uint64_t now = received;
    if (now != last) moved_at = SteadyClock::now();
    last = now;
    if (sent < now - before + lost + kUnderWayMax) {
      say_one(sender, failed);
      ++sent;
      continue;
    }
    // What has not come for so long does not come any more.
    if (SteadyClock::now() - moved_at > kStandstill) {
      lost = sent - (now - before);
      moved_at = SteadyClock::now();
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  const double rate = static_cast<double>(received - before) / seconds;
  bench.add(fixed_row(TargetId::kPeerMessages, rate,
                      "sender and receiver are one process; " + std::to_string(lost) + " lost, " +
                          std::to_string(failed.load()) + " not sent; " + load_average()));
  sender.network->stop();
  receiver.network->stop();
  return {};
}

}  // namespace icn::bench
