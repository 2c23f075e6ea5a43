#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "http/client.h"
#include "http/server.h"
#include "http/typed_route.h"

// For tests of this folder and of those above it: a server on a free port, and a bare socket to send it
// what no honest client would.
namespace icn::http {

// The routes and everything in front of them; change parts and options before start().
class TestServer {
 public:
  explicit TestServer(std::vector<Route> routes) : router_(std::move(routes)) {
    parts.router = &router_;
    parts.clock = &clock;
    options.port = 0;
    options.threads = 2;
  }
  ~TestServer() { stop(); }

  void start() {
    statistics = std::make_unique<RequestStatistics>(router_.routes(), options.threads);
    if (parts.observer == nullptr) parts.observer = statistics.get();
    dispatcher_ = std::make_unique<Dispatcher>(parts, dispatcher_options);
    auto started = Server::start(options, *dispatcher_, make_silent_log());
    ICN_ASSERT(started.ok());
    server = std::move(started).value();
  }
  void stop() { server.reset(); }

  std::string url() const {
    return (options.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server->port());
  }
  Client client() const { return client(ClientOptions{}); }
  Client client(const ClientOptions& client_options) const {
    auto made = Client::make(url(), client_options);
    ICN_ASSERT(made.ok());
    return std::move(made).value();
  }

  SystemClock clock;
  DispatcherParts parts;
  DispatcherOptions dispatcher_options;
  ServerOptions options;
  std::unique_ptr<RequestStatistics> statistics;
  std::unique_ptr<Server> server;

 private:
  Router router_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

class RawSocket {
 public:
  // `receive_bytes`: what its socket takes before anybody reads; 0: as the system likes.
  explicit RawSocket(std::uint16_t port, int receive_bytes = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_bytes > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const int connected = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ICN_ASSERT(connected == 0);
  }
  ~RawSocket() { ::close(fd_); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void shut_down_sending() { ::shutdown(fd_, SHUT_WR); }

  // What comes until `text` was seen, the server closes, or 5 s of silence.
  std::string read_until(std::string_view text) {
    while (received_.find(text) == std::string::npos && read_some()) {
    }
    return received_;
  }
  // What comes until the server closes.
  std::string read_all() {
    while (read_some()) {
    }
    return received_;
  }
  bool is_closed_by_server() const { return is_closed_; }

 private:
  bool read_some() {
    pollfd waiting{fd_, POLLIN, 0};
    if (is_closed_ || ::poll(&waiting, 1, 5000) != 1) return false;
    char buffer[65536];
    const ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
    if (count > 0) received_.append(buffer, static_cast<std::size_t>(count));
    is_closed_ = count <= 0;
    return count > 0;
  }

  int fd_;
  std::string received_;
  bool is_closed_ = false;
};

inline std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Lets a test wait for something that happens on another thread.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    is_set_ = true;
    changed_.notify_all();
  }
  bool wait(std::chrono::milliseconds longest = std::chrono::seconds(5)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [this] { return is_set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_set_ = false;
};

inline Route raw_route(Method method, std::string path, std::size_t body_bytes_max, Route::Handle handle) {
  Route route;
  route.method = method;
  route.path = std::move(path);
  route.access = Access::kPublic;
  route.body_bytes_max = body_bytes_max;
  route.handle = std::move(handle);
  route.changes_state = method != Method::kGet;
  return route;
}

}  // namespace icn::http
