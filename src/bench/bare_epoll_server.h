#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace icn::bench {

// The limit for an HTTP server on this machine: epoll, recv, find the empty line, send the same answer.
// No parser, no routes, no time-outs. One thread and one listening socket (SO_REUSEPORT) per core.
class BareEpollServer {
 public:
  // Answers every request on 127.0.0.1 with `response` (head and body). Error: listen_failed.
  static Result<std::unique_ptr<BareEpollServer>> start(std::string response, std::size_t threads);
  ~BareEpollServer();
  BareEpollServer(const BareEpollServer&) = delete;
  BareEpollServer& operator=(const BareEpollServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  explicit BareEpollServer(std::string response) : response_(std::move(response)) {}
  Result<int> listen();
  void serve(int listener);
  bool answer(int client, std::string& unfinished);

  std::string response_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace icn::bench
