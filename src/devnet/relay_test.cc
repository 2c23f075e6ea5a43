#include "devnet/relay.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "devnet/socket_owner.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Two nodes, both this process: 0 dials 1, which sends back what it gets.
class RelayTest : public ::testing::Test {
 protected:
  RelayTest() {
    auto listening = consensus::listen_at("tcp://127.0.0.1:0").value();
    server_ = std::move(listening.socket);
    const auto port =
        static_cast<std::uint16_t>(std::stoi(listening.address.substr(listening.address.rfind(':') + 1)));
    port_ = relays_.add(1, port).value();
    relays_.start();
    echo_ = std::thread([this] { serve(); });
  }
  ~RelayTest() override {
    is_over_ = true;
    echo_.join();
  }

  void serve() {
    std::vector<consensus::Descriptor> clients;
    while (!is_over_) {
      if (consensus::is_readable(server_.get(), 5))
        clients.emplace_back(::accept(server_.get(), nullptr, nullptr));
      std::erase_if(clients, [](consensus::Descriptor& each) {
        std::string bytes;
        if (!consensus::is_readable(each.get(), 1)) return false;
        if (consensus::receive_some(each.get(), bytes, 0) <= 0) return true;
        return !consensus::send_all(each.get(), bytes, 1'000);
      });
    }
  }
  consensus::Descriptor dial() {
    return consensus::connect_to("tcp://127.0.0.1:" + std::to_string(port_), 1'000).value();
  }
  // What came back within `wait_ms`.
  std::string echoed(const consensus::Descriptor& client, const std::string& text, int wait_ms = 2'000) {
    EXPECT_TRUE(consensus::send_all(client.get(), text, 1'000));
    return received(client, text.size(), wait_ms);
  }
  std::string received(const consensus::Descriptor& client, std::size_t size, int wait_ms = 2'000) {
    std::string out;
    while (out.size() < size && consensus::receive_some(client.get(), out, wait_ms) > 0) {
    }
    return out;
  }
  void set(const Link& there, const Link& back) {
    auto links = relays_.whole();
    links[0][1] = there;
    links[1][0] = back;
    relays_.set(std::move(links));
  }

  bool is_known_ = true;
  Relays relays_{2, [this](std::uint64_t inode) {
                   const bool is_ours = holds_socket(::getpid(), inode);
                   EXPECT_TRUE(is_ours);
                   return is_ours && is_known_ ? std::optional<std::size_t>(0) : std::nullopt;
                 }};
  std::uint16_t port_ = 0;
  consensus::Descriptor server_;
  std::atomic<bool> is_over_{false};
  std::thread echo_;
};

TEST_F(RelayTest, CarriesBytesBothWaysAndTheEnd) {
  const auto client = dial();
  EXPECT_EQ(echoed(client, "hello"), "hello");
  const std::string large(3 << 20, 'x');
  std::thread sender([&] { EXPECT_TRUE(consensus::send_all(client.get(), large, 5'000)); });
  EXPECT_EQ(received(client, large.size(), 5'000).size(), large.size());
  sender.join();
  EXPECT_EQ(relays_.figures().connections, 1u);
  EXPECT_EQ(relays_.figures().of_strangers, 0u);
  ::shutdown(client.get(), SHUT_WR);
  std::string rest;
  EXPECT_EQ(consensus::receive_some(client.get(), rest, 2'000), 0);
}

TEST_F(RelayTest, ACutLinkHoldsEverythingBackUntilItIsWhole) {
  const auto client = dial();
  ASSERT_EQ(echoed(client, "before"), "before");
  set({true, 0}, {true, 0});
  EXPECT_EQ(echoed(client, "meanwhile", 300), "");
  const auto late = dial();  // the kernel takes it; it reaches nobody
  EXPECT_EQ(echoed(late, "hidden", 300), "");
  relays_.heal();
  EXPECT_EQ(received(client, 9), "meanwhile");
  EXPECT_EQ(received(late, 6), "hidden");
}

TEST_F(RelayTest, ASlowLinkDelaysEachWay) {
  const auto client = dial();
  ASSERT_EQ(echoed(client, "quick"), "quick");
  set({false, 120}, {false, 80});
  const auto start = Clock::now();
  EXPECT_EQ(echoed(client, "slow"), "slow");
  EXPECT_GE(ms_since(start), 200);
  EXPECT_LT(ms_since(start), 1'000);
}

TEST_F(RelayTest, AStrangerIsNotHindered) {
  is_known_ = false;
  set({true, 0}, {true, 0});
  const auto client = dial();
  EXPECT_EQ(echoed(client, "hello"), "hello");
  EXPECT_EQ(relays_.figures().of_strangers, 1u);
}

TEST_F(RelayTest, WhereNobodyListensTheConnectionEnds) {
  is_over_ = true;
  echo_.join();
  server_ = consensus::Descriptor();
  const auto client = dial();
  std::string nothing;
  EXPECT_LE(consensus::receive_some(client.get(), nothing, 2'000), 0);
  is_over_ = false;
  echo_ = std::thread([this] {
    while (!is_over_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
}

}  // namespace
}  // namespace icn::devnet
