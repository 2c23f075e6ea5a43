#include "devnet/relay.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/errors.h"
#include "devnet/socket_owner.h"

namespace icn::devnet {
namespace {

constexpr std::size_t kQueuedBytesMax = 1 << 20;
constexpr std::size_t kReadBytes = 64 << 10;
constexpr int kLookMs = 50;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

void prepare(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
}

bool would_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Relays::Relays(std::size_t node_count, FindNode find)
    : node_count_(node_count), find_(std::move(find)), links_(whole()) {}

Relays::~Relays() {
  is_stopping_ = true;
  if (thread_.joinable()) {
    static_cast<void>(::write(wake_[1], "x", 1));
    thread_.join();
  }
  for (const int each : wake_) ::close(each);
}

std::vector<std::vector<Link>> Relays::whole() const {
  return std::vector<std::vector<Link>>(node_count_, std::vector<Link>(node_count_));
}

Relays::Time Relays::now() {
  using std::chrono::milliseconds;
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<Time>(std::chrono::duration_cast<milliseconds>(since_start).count());
}

Result<std::uint16_t> Relays::add(std::size_t node, std::uint16_t target_port) {
  Door door{node, target_port, 0, consensus::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(door.socket.get(), any, size) != 0 || ::listen(door.socket.get(), 128) != 0 ||
      ::getsockname(door.socket.get(), any, &size) != 0) {
    return Error(errors::kInternal, std::string("no socket for a relay: ") + std::strerror(errno));
  }
  ::fcntl(door.socket.get(), F_SETFL, O_NONBLOCK);
  door.port = ntohs(address.sin_port);
  doors_.push_back(std::move(door));
  return doors_.back().port;
}

void Relays::start() {
  if (thread_.joinable() || ::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) return;
  thread_ = std::thread([this] { run(); });
}

void Relays::set(std::vector<std::vector<Link>> links) {
  const std::lock_guard lock(mutex_);
  links_ = std::move(links);
  static_cast<void>(::write(wake_[1], "x", 1));
}

Relays::Figures Relays::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

Link Relays::link(std::optional<std::size_t> from, std::optional<std::size_t> to) const {
  const std::lock_guard lock(mutex_);
  return from && to ? links_[*from][*to] : Link{};
}

void Relays::run() {
  while (!is_stopping_) {
    std::vector<pollfd> waited{{wake_[0], POLLIN, 0}};
    for (const Door& door : doors_) waited.push_back({door.socket.get(), POLLIN, 0});
    for (const Connection& each : connections_) {
      const auto wanted = [](const Pipe& in, const Pipe& out) {
        const bool reads = !in.is_at_end && in.queued_bytes < kQueuedBytesMax;
        const bool writes = !out.queue.empty() && out.queue.front().due <= now();
        return static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
      };
      const bool is_cut = link(each.from, each.to).is_cut || link(each.to, each.from).is_cut;
      waited.push_back({is_cut ? -1 : each.dialled.get(), wanted(each.there, each.back), 0});
      waited.push_back({is_cut ? -1 : each.behind.get(), wanted(each.back, each.there), 0});
    }
    bool is_delayed = false;
    for (const Connection& each : connections_) {
      is_delayed = is_delayed || !each.there.queue.empty() || !each.back.queue.empty();
    }
    ::poll(waited.data(), waited.size(), is_delayed ? 2 : kLookMs);
    char ignored[64];
    while (::read(wake_[0], ignored, sizeof ignored) > 0) {
    }
    std::size_t next = 1 + doors_.size();
    for (Connection& each : connections_) {
      carry(each, waited[next].revents, waited[next + 1].revents);
      next += 2;
    }
    connections_.remove_if([this](const Connection& each) { return is_over(each); });
    for (std::size_t i = 0; i < doors_.size(); ++i) {
      if (waited[1 + i].revents & POLLIN) accept_at(doors_[i]);
    }
    const std::lock_guard lock(mutex_);
    figures_.connections = connections_.size();
  }
}

void Relays::accept_at(const Door& door) {
  while (true) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    Connection made;
    made.dialled = consensus::Descriptor(
        ::accept4(door.socket.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC));
    if (!made.dialled.is_open()) return;
    prepare(made.dialled.get());
    made.to = door.node;
    made.target_port = door.target_port;
    if (const auto inode = other_end(door.port, ntohs(address.sin_port))) made.from = find_(*inode);
    if (!made.from) {
      const std::lock_guard lock(mutex_);
      ++figures_.of_strangers;
    }
    connections_.push_back(std::move(made));
  }
}

// False: the node's port takes no connection.
bool Relays::reach(Connection& connection) {
  connection.behind = consensus::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(connection.target_port);
  const bool is_there =
      ::connect(connection.behind.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (is_there) prepare(connection.behind.get());
  return is_there;
}

void Relays::carry(Connection& connection, short dialled_events, short behind_events) {
  const Link there = link(connection.from, connection.to);
  const Link back = link(connection.to, connection.from);
  if (there.is_cut || back.is_cut) return;
  if (!connection.behind.is_open() && !reach(connection)) {
    connection.is_broken = true;
    return;
  }
  constexpr short kReadable = POLLIN | POLLHUP | POLLERR;
  if (dialled_events & kReadable) read(connection.there, connection.dialled.get(), there, connection);
  if (behind_events & kReadable) read(connection.back, connection.behind.get(), back, connection);
  write(connection.there, connection.behind.get(), connection);
  write(connection.back, connection.dialled.get(), connection);
  // Who has closed both directions reads nothing more.
  const auto is_gone = [](short events, const Pipe& its) {
    return (events & POLLHUP) && its.is_at_end && its.queue.empty();
  };
  if (is_gone(dialled_events, connection.there) || is_gone(behind_events, connection.back))
    connection.is_broken = true;
}

void Relays::read(Pipe& pipe, int source, const Link& link, Connection& connection) {
  if (pipe.is_at_end || pipe.queued_bytes >= kQueuedBytesMax) return;
  std::string bytes(kReadBytes, '\0');
  const ssize_t count = ::recv(source, bytes.data(), bytes.size(), 0);
  if (count < 0) {
    connection.is_broken = connection.is_broken || !would_wait();
    return;
  }
  if (count == 0) {
    pipe.is_at_end = true;
    return;
  }
  bytes.resize(static_cast<std::size_t>(count));
  pipe.queued_bytes += bytes.size();
  pipe.queue.push_back({now() + link.delay_ms, std::move(bytes)});
}

void Relays::write(Pipe& pipe, int target, Connection& connection) {
  while (!pipe.queue.empty() && pipe.queue.front().due <= now()) {
    std::string& bytes = pipe.queue.front().bytes;
    const ssize_t count = ::send(target, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      connection.is_broken = connection.is_broken || !would_wait();
      return;
    }
    const auto sent = static_cast<std::size_t>(count);
    pipe.queued_bytes -= sent;
    {
      const std::lock_guard lock(mutex_);
      figures_.bytes += sent;
    }
    if (sent < bytes.size()) {
      bytes.erase(0, sent);
      return;
    }
    pipe.queue.pop_front();
  }
  if (pipe.queue.empty() && pipe.is_at_end && !std::exchange(pipe.is_told, true)) ::shutdown(target, SHUT_WR);
}

bool Relays::is_over(const Connection& connection) const {
  return connection.is_broken || (connection.there.is_told && connection.back.is_told);
}

}  // namespace icn::devnet
