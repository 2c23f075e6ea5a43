#include "http/io_thread.h"

#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <ctime>
#include <future>
#include <utility>

#include "base/assert.h"
#include "http/connection.h"
#include "http/errors.h"
#include "http/plain_socket.h"

namespace icn::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Short enough for the shortest time limit in use, and never busy.
std::chrono::milliseconds tick_period(const ServerOptions& options) {
  const std::uint32_t shortest = std::min({options.header_timeout_ms, options.idle_timeout_ms,
                                           options.transfer_timeout_ms, options.heartbeat_ms});
  return std::chrono::milliseconds(std::clamp<std::uint32_t>(shortest / 8, 5, 250));
}

constexpr int kAcceptedAtOnceMax = 256;
constexpr std::uint64_t kRefusalsToldEveryMs = 60'000;

}  // namespace

IoThread::IoThread(ServerShared& shared, std::size_t index)
    : shared_(shared),
      index_(index),
      context_(1),
      acceptor_(context_),
      tick_timer_(context_),
      accept_timer_(context_) {}

IoThread::~IoThread() {
  if (thread_.joinable()) finish();
}

Result<IoThread::Tcp::endpoint> IoThread::listen(const Tcp::endpoint& endpoint) {
  error_code error;
  const int on = 1;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
    error = error_code(errno, boost::system::system_category());
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(4096, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error)
    return Error(kListenFailed, endpoint.address().to_string() + ":" + std::to_string(endpoint.port()) +
                                    ": " + error.message());
  return acceptor_.local_endpoint(error);
}

void IoThread::start() {
  if (is_plain()) {
    ICN_ASSERT(loop_.watch(acceptor_.native_handle(), *this));
  } else {
    accept();
    tick();
  }
  thread_ = std::thread([this] {
    thread_id_ = std::this_thread::get_id();
    is_plain() ? run_plain() : run();
  });
}

// Tasks must not throw; if one does, only its own request is lost.
void IoThread::run() {
  while (true) {
    try {
      context_.run();
      return;
    } catch (const std::exception& exception) {
      shared_.log->error("a task of an io thread failed: {}", exception.what());
    }
  }
}

void IoThread::run_plain() {
  EventLoop::Hooks hooks;
  hooks.on_tick = [this] {
    if (!is_draining_) accept_plain();  // who waited while there was no descriptor
    check_all();
  };
  hooks.after_round = [this] { closed_.clear(); };
  hooks.on_fail = [this](const std::exception& exception) {
    shared_.log->error("a task of an io thread failed: {}", exception.what());
  };
  loop_.run(tick_period(shared_.options), hooks);
}

void IoThread::post(std::function<void()> task) {
  if (is_plain()) return loop_.post(std::move(task));
  asio::post(context_, std::move(task));
}

// The coarse clock (4 ms) costs a fifth of the fine one, and this is asked several times a request.
std::uint64_t IoThread::now_ms() const {
  if (is_plain()) return loop_.now_ms();
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1000 +
         static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

const std::string& IoThread::date_line() {
  const std::uint64_t now = shared_.dispatcher->clock().now_secs();
  if (now != date_secs_) {
    date_secs_ = now;
    const auto time = static_cast<std::time_t>(now);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[64];
    date_line_.assign(text, std::strftime(text, sizeof text, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
  }
  return date_line_;
}

void IoThread::accept() {
  acceptor_.async_accept(
      [this](const error_code& error, Tcp::socket socket) { on_accept(error, std::move(socket)); });
}

// Out of file descriptors: try again shortly; connections that end make room.
void IoThread::accept_later() {
  accept_timer_.expires_after(std::chrono::milliseconds(100));
  accept_timer_.async_wait([this](const error_code& error) {
    if (!error && !is_draining_) accept();
  });
}

// Takes all who wait: one at a time, each would wait for a round of requests of those who are in.
void IoThread::on_accept(error_code error, Tcp::socket socket) {
  if (is_draining_ || error == asio::error::operation_aborted) return;
  for (int accepted = 0; !error && accepted <= kAcceptedAtOnceMax; ++accepted) {
    error_code has_gone;
    const std::string address = socket.remote_endpoint(has_gone).address().to_string();
    if (!has_gone) admit(std::move(socket), address);
    socket = Tcp::socket(context_);
    if (accepted == kAcceptedAtOnceMax) break;
    acceptor_.accept(socket, error);
  }
  if (error && error != asio::error::would_block) return accept_later();
  accept();
}

void IoThread::on_ready(std::uint32_t) {
  if (!is_draining_) accept_plain();
}

void IoThread::accept_plain() {
  for (int accepted = 0; accepted < kAcceptedAtOnceMax; ++accepted) {
    Tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    PlainSocket socket(
        ::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) {
      if (errno == ECONNABORTED || errno == EINTR) continue;
      return;  // nobody waits, or there is no descriptor: the tick tries again
    }
    peer.resize(size);
    admit(std::move(socket), peer.address().to_string());
  }
  loop_.post([this] { on_ready(0); });
}

bool IoThread::may_admit(const std::string& address) {
  if (shared_.connections.fetch_add(1) >= shared_.options.connections_max) {
    shared_.connections.fetch_sub(1);
    refuse("http.connections_max", address);
    return false;
  }
  if (!shared_.clients.open(address)) {
    shared_.connections.fetch_sub(1);
    refuse("http.connections_per_address_max", address);
    return false;
  }
  return true;
}

template <typename Socket>
void IoThread::admit(Socket socket, const std::string& address) {
  if (!may_admit(address)) return;
  auto connection = std::make_shared<Connection>(*this, std::move(socket), address);
  connections_.insert(connection);
  connection->start();
}

// Told now and then: whoever connects again and again must not fill the log.
void IoThread::refuse(std::string_view setting, std::string_view address) {
  ++refused_;
  const std::uint64_t now = now_ms();
  if (refusals_told_ms_ != 0 && now - refusals_told_ms_ < kRefusalsToldEveryMs) return;
  refusals_told_ms_ = now;
  shared_.log->warn("connections closed at once: {}, the last from {} because of {}",
                    std::exchange(refused_, 0), address, setting);
}

void IoThread::forget(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) == 0) return;
  if (is_plain()) closed_.push_back(connection);
  shared_.clients.close(connection->peer_address());
  shared_.connections.fetch_sub(1);
}

void IoThread::tick() {
  tick_timer_.expires_after(tick_period(shared_.options));
  tick_timer_.async_wait([this](const error_code& error) {
    if (error) return;
    check_all();
    tick();
  });
}

void IoThread::check_all() {
  const std::uint64_t now = now_ms();
  const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) connection->check(now);
}

void IoThread::drain() {
  post([this] {
    is_draining_ = true;
    error_code ignored;
    if (is_plain()) loop_.forget(acceptor_.native_handle());
    acceptor_.close(ignored);
    accept_timer_.cancel();
    const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
    for (const auto& connection : all) connection->drain();
  });
}

std::size_t IoThread::finish() {
  std::promise<std::size_t> cut;
  post([this, &cut] {
    const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
    for (const auto& connection : all) connection->close();
    tick_timer_.cancel();
    context_.stop();
    loop_.stop();
    cut.set_value(all.size());
  });
  const std::size_t count = cut.get_future().get();
  thread_.join();
  return count;
}

}  // namespace icn::http
