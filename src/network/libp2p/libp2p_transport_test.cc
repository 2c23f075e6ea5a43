#include "network/libp2p/libp2p_transport.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "network/errors.h"

// Two real nodes on loopback ports.
namespace icn::network {
namespace {

using namespace std::chrono_literals;

// Waits for the one answer of a call.
template <typename T>
struct Waiting {
  std::promise<Result<T>> promise;
  std::future<Result<T>> future = promise.get_future();
  Done<T> done() {
    return [this](Result<T> result) { promise.set_value(std::move(result)); };
  }
  Result<T> get() {
    if (future.wait_for(20s) != std::future_status::ready) return Error(kFailed, "no answer in 20 s");
    return future.get();
  }
};

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

struct Libp2pNode {
  explicit Libp2pNode(std::uint8_t seed, Libp2pOptions options = {})
      : key(crypto::SecretKey::from_seed(Bytes(32, seed))),
        transport(make_libp2p_transport({key, clock, make_silent_log()}, std::move(options))) {
    transport->on_message([this](const Message& message) {
      const std::lock_guard lock(mutex);
      got.push_back(message);
      return verdict;
    });
  }
  void start() {
    const auto started = transport->start();
    ASSERT_TRUE(started.ok()) << started.error().detail();
    ASSERT_TRUE(eventually([&] { return !transport->addresses().empty(); }));
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return got.size();
  }

  SystemClock clock;
  crypto::SecretKey key;
  std::mutex mutex;
  std::vector<Message> got;
  Verdict verdict = Verdict::kAccept;
  std::unique_ptr<Transport> transport;
};

struct Libp2pTransportTest : testing::Test {
  Libp2pNode a{1, quick()};
  Libp2pNode b{2, quick()};

  static Libp2pOptions quick() {
    Libp2pOptions options;
    options.gossip_heartbeat_ms = 100;
    options.ping_interval_ms = 200;
    options.autonat = false;
    return options;
  }
  void connect() {
    a.start();
    b.start();
    Waiting<PeerId> waiting;
    b.transport->connect(a.transport->addresses()[0], waiting.done());
    const auto peer = waiting.get();
    ASSERT_TRUE(peer.ok()) << peer.error().detail();
    EXPECT_EQ(*peer, a.transport->local_peer());
    ASSERT_TRUE(
        eventually([&] { return a.transport->peer_count() == 1 && b.transport->stats().dht_peers == 1; }));
    ASSERT_TRUE(eventually([&] { return a.transport->stats().dht_peers == 1; }));
  }
};

TEST_F(Libp2pTransportTest, PeersKnowEachOtherByTheirKeys) {
  connect();
  EXPECT_EQ(a.transport->local_peer(), peer_id(a.key.public_key()));
  ASSERT_TRUE(eventually([&] {
    const auto peers = a.transport->peers();
    return peers.size() == 1 && peers[0].rtt_us.has_value() && peers[0].agent == "icn";
  }));
  const Peer peer = a.transport->peers()[0];
  EXPECT_EQ(peer.id, b.transport->local_peer());
  EXPECT_TRUE(peer.is_inbound);
  EXPECT_FALSE(b.transport->peers()[0].is_inbound);
  EXPECT_GT(a.transport->stats().bytes_received, 0u);
  EXPECT_GT(a.transport->stats().bytes_sent, 0u);
}

TEST_F(Libp2pTransportTest, ARoundTripIsMeasuredWhenItIsAskedFor) {
  connect();
  for (int i = 0; i < 5; ++i) {
    Waiting<std::uint64_t> waiting;
    a.transport->ping(b.transport->local_peer(), waiting.done());
    const auto rtt_us = waiting.get();
    ASSERT_TRUE(rtt_us.ok()) << rtt_us.error().detail();
    EXPECT_GT(*rtt_us, 0u);
    EXPECT_LT(*rtt_us, 10'000'000u);
  }
  // The pings that the library makes by itself go on: nobody is taken for dead.
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(a.transport->peer_count(), 1u);
  EXPECT_EQ(b.transport->peer_count(), 1u);
  Waiting<std::uint64_t> missing;
  a.transport->ping(peer_id(crypto::SecretKey::from_seed(Bytes(32, 9)).public_key()), missing.done());
  EXPECT_EQ(missing.get().error().code(), "peer_not_found");
}

TEST_F(Libp2pTransportTest, MessagesReachWhoSubscribed) {
  connect();
  a.transport->subscribe("t");
  b.transport->subscribe("t");
  const auto published = [&] {
    Waiting<void> waiting;
    a.transport->publish("t", {1, 2}, waiting.done());
    return waiting.get().ok();
  };
  ASSERT_TRUE(eventually(published));
  ASSERT_TRUE(eventually([&] { return b.count() >= 1; }));
  const std::lock_guard lock(b.mutex);
  EXPECT_EQ(b.got[0].topic, "t");
  EXPECT_EQ(b.got[0].data, (Bytes{1, 2}));
  EXPECT_EQ(b.got[0].from, a.transport->local_peer());
}

TEST_F(Libp2pTransportTest, RecordsAndProvidersAreFound) {
  connect();
  Waiting<void> put;
  a.transport->put_record({'k'}, {'v'}, put.done());
  EXPECT_TRUE(put.get().ok());
  Waiting<Bytes> found, missing;
  b.transport->get_record({'k'}, found.done());
  const auto value = found.get();
  ASSERT_TRUE(value.ok()) << value.error().detail();
  EXPECT_EQ(*value, Bytes{'v'});
  b.transport->get_record({'x'}, missing.done());
  EXPECT_EQ(missing.get().error().code(), "record_not_found");

  const Cid cid = Cid::of(codec::kRaw, Bytes{5});
  Waiting<void> provided;
  a.transport->provide(cid, provided.done());
  EXPECT_TRUE(provided.get().ok());
  Waiting<std::vector<PeerId>> providers;
  b.transport->find_providers(cid, providers.done());
  const auto list = providers.get();
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(*list, std::vector<PeerId>{a.transport->local_peer()});
}

TEST_F(Libp2pTransportTest, RequestsAreAnsweredOrRefused) {
  a.transport->serve(Protocol::kMesh, [](const PeerId&, Bytes data, const Respond& respond) {
    if (data.size() == 1) return respond(std::nullopt);
    data.push_back(9);
    respond(std::move(data));
  });
  connect();
  Waiting<Bytes> answered, refused, unknown;
  b.transport->request(Protocol::kMesh, a.transport->local_peer(), {1, 2}, answered.done());
  const auto answer = answered.get();
  ASSERT_TRUE(answer.ok()) << answer.error().detail();
  EXPECT_EQ(*answer, (Bytes{1, 2, 9}));
  b.transport->request(Protocol::kMesh, a.transport->local_peer(), {1}, refused.done());
  EXPECT_FALSE(refused.get().ok());
  b.transport->request(Protocol::kSync, a.transport->local_peer(), {1, 2}, unknown.done());
  EXPECT_FALSE(unknown.get().ok());
}

TEST_F(Libp2pTransportTest, ABlockIsFetchedAndARefusedOneIsNot) {
  const Bytes block(100'000, 7);
  const Cid held = Cid::of(codec::kRaw, block);
  const Cid refused = Cid::of(codec::kRaw, Bytes{1});
  a.transport->serve_blocks([&](const Cid& cid, const Respond& respond) {
    respond(cid == held ? std::optional(block) : std::nullopt);
  });
  connect();
  Waiting<Bytes> fetched, late;
  b.transport->fetch_block(held, 15'000, fetched.done());
  const auto bytes = fetched.get();
  ASSERT_TRUE(bytes.ok()) << bytes.error().detail();
  EXPECT_EQ(*bytes, block);
  b.transport->fetch_block(refused, 1'000, late.done());
  EXPECT_EQ(late.get().error().code(), "block_not_fetched");
}

TEST_F(Libp2pTransportTest, ABannedPeerIsKeptOut) {
  connect();
  a.transport->set_banned(b.transport->local_peer(), true);
  ASSERT_TRUE(eventually([&] { return a.transport->peer_count() == 0 && b.transport->peer_count() == 0; }));
  Waiting<PeerId> again;
  b.transport->connect(a.transport->addresses()[0], again.done());
  static_cast<void>(again.get());  // the dialler may see a connection before it is closed
  ASSERT_TRUE(eventually([&] { return a.transport->peer_count() == 0 && b.transport->peer_count() == 0; }));
  a.transport->set_banned(b.transport->local_peer(), false);
  ASSERT_TRUE(eventually([&] {
    Waiting<PeerId> free;
    b.transport->connect(a.transport->addresses()[0], free.done());
    return free.get().ok() && a.transport->peer_count() == 1;
  }));
}

TEST_F(Libp2pTransportTest, BadAddressesAndDeadPeersAreErrors) {
  a.start();
  for (const std::string address : {"", "127.0.0.1:80", "/ip4/nonsense", "/p2p/x"}) {
    Waiting<PeerId> waiting;
    a.transport->connect(address, waiting.done());
    EXPECT_EQ(waiting.get().error().code(), "bad_multiaddress") << address;
  }
  Waiting<PeerId> dead;
  a.transport->connect("/ip4/127.0.0.1/tcp/1", dead.done());
  EXPECT_EQ(dead.get().error().code(), "F008");
}

TEST_F(Libp2pTransportTest, StoppingLeavesNothingUnanswered) {
  connect();
  Waiting<Bytes> fetched, after;
  b.transport->fetch_block(Cid::of(codec::kRaw, Bytes{1}), 60'000, fetched.done());
  b.transport->stop();
  EXPECT_EQ(fetched.get().error().code(), "network_off");
  b.transport->get_record({1}, after.done());
  EXPECT_EQ(after.get().error().code(), "network_off");
  EXPECT_TRUE(eventually([&] { return a.transport->peer_count() == 0; }));
}

std::size_t thread_count() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST(Libp2pTransport, StoppingLeavesNoThread) {
  const std::size_t before = thread_count();
  for (std::uint8_t i = 0; i < 3; ++i) {
    Libp2pNode one(10, Libp2pTransportTest::quick());
    Libp2pNode other(11, Libp2pTransportTest::quick());
    one.start();
    other.start();
    Waiting<PeerId> dialled;
    one.transport->connect(other.transport->addresses()[0], dialled.done());
    ASSERT_TRUE(dialled.get().ok());
    EXPECT_GT(thread_count(), before);
    one.transport->stop();
    other.transport->stop();
    EXPECT_TRUE(eventually([&] { return thread_count() == before; })) << thread_count() << " of " << before;
  }
}

TEST(Libp2pTransport, AnAddressThatCannotBeListenedOnIsAnError) {
  Libp2pOptions options;
  options.listen = {"/ip4/192.0.2.1/tcp/1"};  // of nobody: RFC 5737
  Libp2pNode node(3, options);
  EXPECT_EQ(node.transport->start().error().code(), "network_failed");
}

TEST_F(Libp2pTransportTest, AnErrorOfTheLibraryIsTold) {
  connect();
  EXPECT_EQ(a.transport->problem(), "");
  fail_libp2p_transport(*a.transport);
  ASSERT_TRUE(eventually([&] { return !a.transport->problem().empty(); }));
  EXPECT_EQ(a.transport->peer_count(), 0u);
  Waiting<PeerId> dialled;
  a.transport->connect(b.transport->addresses()[0], dialled.done());
  EXPECT_FALSE(dialled.get().ok());
  // The other side goes on without it.
  EXPECT_TRUE(eventually([&] { return b.transport->peer_count() == 0; }));
  EXPECT_EQ(b.transport->problem(), "");
}

TEST(Libp2pHiddenListenTest, PeersAreToldTheExternalAddressAlone) {
  Libp2pOptions options = Libp2pTransportTest::quick();
  Libp2pNode open(3, options);
  options.hide_listen = true;
  options.external = {"/ip4/127.0.0.1/tcp/9"};
  Libp2pNode hidden(4, options);
  open.start();
  hidden.start();
  EXPECT_EQ(hidden.transport->addresses(),
            std::vector<std::string>{"/ip4/127.0.0.1/tcp/9/p2p/" + hidden.transport->local_peer().text()});
  Waiting<PeerId> met;
  hidden.transport->connect(open.transport->addresses()[0], met.done());
  ASSERT_TRUE(met.get().ok());
  const std::vector<std::string> external{"/ip4/127.0.0.1/tcp/9"};
  EXPECT_TRUE(eventually([&] {
    const auto peers = open.transport->peers();
    return peers.size() == 1 && peers[0].addresses == external;
  }));
}

}  // namespace
}  // namespace icn::network
