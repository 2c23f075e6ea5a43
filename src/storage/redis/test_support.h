#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "storage/redis/connection.h"
#include "storage/storage_testing.h"

// A Redis server of a test's own: in a temporary folder, on a free port of the loopback address.
namespace icn::storage::testing {

class RedisServer {
 public:
  static bool is_installed() { return ::access("/usr/bin/redis-server", X_OK) == 0; }

  explicit RedisServer(std::vector<std::string> more = {}) : more_(std::move(more)), port_(free_port()) {
    start();
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { stop(); }

  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

  void start() {
    std::vector<std::string> words{"/usr/bin/redis-server",
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--dir",
                                   folder_.path().string(),
                                   "--logfile",
                                   (folder_.path() / "log").string()};
    words.insert(words.end(), more_.begin(), more_.end());
    process_ = ::fork();
    if (process_ == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      ::execv(arguments[0], arguments.data());
      _exit(127);
    }
    const bool is_up = eventually([this] { return ask({"PING"}) == "PONG"; });
    ICN_ASSERT(is_up);
  }
  void stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  // As a server that hangs: connections stay open and nothing is answered.
  void pause() const { ::kill(process_, SIGSTOP); }
  void go_on() const { ::kill(process_, SIGCONT); }

  // The answer as text; a number as digits.
  std::string ask(const std::vector<std::string_view>& words) const {
    auto connection = redis::Connection::open(*redis::Address::parse(url()), 2'000);
    if (!connection.ok()) return connection.error().detail();
    const auto reply = (*connection)->ask(words);
    if (!reply.ok()) return reply.error().detail();
    if ((*reply)->type == REDIS_REPLY_INTEGER) return std::to_string((*reply)->integer);
    return std::string(redis::reply_text(reply->get()));
  }

  // Of the loopback address; somebody else may take it.
  static std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ICN_ASSERT(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
    ICN_ASSERT(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(probe);
    return ntohs(address.sin_port);
  }

  static bool eventually(const std::function<bool()>& is_so) {
    for (int tries = 0; tries < 500; ++tries) {
      if (is_so()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  TestFolder folder_;
  std::vector<std::string> more_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace icn::storage::testing
