#pragma once

// Inside http only: this header brings in Boost.Asio.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "http/connection_counts.h"
#include "http/event_loop.h"
#include "http/server.h"

namespace icn::http {

class Connection;

// What the threads of one server share. Constant but for the counts.
struct ServerShared {
  explicit ServerShared(ServerOptions wanted)
      : options(std::move(wanted)), clients(options.connections_per_address_max, options.counts_loopback) {}

  ServerOptions options;
  const Dispatcher* dispatcher = nullptr;
  std::shared_ptr<Log> log;
  std::unique_ptr<boost::asio::ssl::context> tls;  // null: plain
  std::atomic<std::size_t> connections = 0;
  ConnectionCounts clients;
  std::atomic<std::size_t> anonymous_bytes = 0;
};

// One thread with its own acceptor and connections, which wait on an io_context with TLS and on an EventLoop
// without. Shared, so that who wakes a connection from another thread can hold it while the server goes.
class IoThread final : public Executor,
                       public EventLoop::Watcher,
                       public std::enable_shared_from_this<IoThread> {
 public:
  using Tcp = boost::asio::ip::tcp;

  IoThread(ServerShared& shared, std::size_t index);
  ~IoThread() override;

  // Binds and listens. The port of `endpoint` may be 0.
  Result<Tcp::endpoint> listen(const Tcp::endpoint& endpoint);
  void start();
  // Any thread: closes the acceptor and drains the connections.
  void drain();
  // Any thread: cuts what is left and ends the thread; returns how many were cut.
  std::size_t finish();

  void post(std::function<void()> task) override;
  bool is_current() const override { return std::this_thread::get_id() == thread_id_; }
  std::size_t index() const override { return index_; }

  ServerShared& shared() { return shared_; }
  EventLoop& loop() { return loop_; }
  std::uint64_t now_ms() const;
  const std::string& date_line();  // "date: ...\r\n", made once a second
  bool is_draining() const { return is_draining_; }
  void forget(const std::shared_ptr<Connection>& connection);
  // Of the acceptor without TLS.
  void on_ready(std::uint32_t events) override;

 private:
  bool is_plain() const { return shared_.tls == nullptr; }
  void accept();
  void accept_later();
  void on_accept(boost::system::error_code error, Tcp::socket socket);
  void accept_plain();
  bool may_admit(const std::string& address);
  template <typename Socket>
  void admit(Socket socket, const std::string& address);
  void refuse(std::string_view setting, std::string_view address);
  void tick();
  void check_all();
  void run();
  void run_plain();

  ServerShared& shared_;
  std::size_t index_;
  boost::asio::io_context context_;
  EventLoop loop_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer tick_timer_;
  boost::asio::steady_timer accept_timer_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> closed_;  // events of this round may still name them
  bool is_draining_ = false;
  std::uint64_t refused_ = 0;  // connections that the log does not tell of yet
  std::uint64_t refusals_told_ms_ = 0;
  std::uint64_t date_secs_ = 0;
  std::string date_line_;
  std::atomic<std::thread::id> thread_id_;
  std::thread thread_;
};

}  // namespace icn::http
