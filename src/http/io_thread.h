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

#include "http/connection_counts.h"
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

// One thread with its own io_context, acceptor and connections. Shared, so that who wakes a connection
// from another thread can hold it while the server goes.
class IoThread final : public Executor, public std::enable_shared_from_this<IoThread> {
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
  boost::asio::io_context& context() { return context_; }
  std::uint64_t now_ms() const;
  const std::string& date_line();  // "date: ...\r\n", made once a second
  bool is_draining() const { return is_draining_; }
  void forget(const std::shared_ptr<Connection>& connection);

 private:
  void accept();
  void accept_later();
  void on_accept(boost::system::error_code error, Tcp::socket socket);
  void admit(Tcp::socket socket);
  void refuse(std::string_view setting, std::string_view address);
  void tick();
  void run();

  ServerShared& shared_;
  std::size_t index_;
  boost::asio::io_context context_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer tick_timer_;
  boost::asio::steady_timer accept_timer_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool is_draining_ = false;
  std::uint64_t refused_ = 0;  // connections that the log does not tell of yet
  std::uint64_t refusals_told_ms_ = 0;
  std::uint64_t date_secs_ = 0;
  std::string date_line_;
  std::atomic<std::thread::id> thread_id_;
  std::thread thread_;
};

}  // namespace icn::http
