#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/log.h"
#include "http/dispatcher.h"

namespace icn::http {

struct TlsFiles {
  std::string certificate_chain;  // PEM
  std::string private_key;        // PEM
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 7845;    // 0: the system chooses one
  std::size_t threads = 0;      // 0: one per core
  std::optional<TlsFiles> tls;  // TLS 1.3 only
  bool is_public_without_tls_allowed = false;

  std::size_t connections_max = 10'000;            // more are closed at once
  std::size_t connections_per_address_max = 1024;  // of one IPv4 address or IPv6 /64, loopback excepted
  bool counts_loopback = false;                    // no exception, for tests
  std::size_t header_bytes_max = 8192;             // 431
  std::size_t headers_max = 64;                    // 431
  std::uint32_t header_timeout_ms = 10'000;        // from the first byte of a request, and for TLS
  std::uint32_t idle_timeout_ms = 60'000;          // between requests
  std::uint32_t transfer_timeout_ms = 30'000;      // body or answer without any progress
  std::uint32_t body_bytes_per_second_min = 1024;  // mean, after the first transfer_timeout_ms
  std::size_t answer_bytes_min = 16 * 1024;        // or all that waits, sent in each transfer_timeout_ms
  std::uint32_t heartbeat_ms = 15'000;             // of live bodies
  // What callers without credentials hold in memory at once: bodies that come and answers that go, without
  // the first 64 KiB of each. 503.
  std::size_t anonymous_bytes_max = std::size_t{256} << 20;
};

// HTTP/1.1 on one io_context per thread. Each thread has its own acceptor (SO_REUSEPORT) and keeps its
// connections to itself.
class Server {
 public:
  // Listens and serves until stop(). `dispatcher` outlives the server.
  // Errors: kListenFailed, kPublicWithoutTls, kTlsFiles.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, const Dispatcher& dispatcher,
                                               std::shared_ptr<Log> log);
  // Whether start() could listen there now. Without it a second server of the same user would share the port:
  // SO_REUSEPORT lets it. Port 0 is always free. Errors: kListenFailed.
  static Result<void> check_address(const std::string& address, std::uint16_t port);
  ~Server();  // stop() without waiting
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // One per io thread, index 0 first. Valid as long as the server.
  const std::vector<Executor*>& executors() const;
  std::size_t connection_count() const;

  // Stops accepting, closes idle connections, says farewell to live bodies, lets running requests
  // finish until `deadline` from now, then closes what is left and joins the threads. Thread: not an
  // io thread. Returns how many connections had to be cut.
  std::size_t stop(std::chrono::milliseconds deadline);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
