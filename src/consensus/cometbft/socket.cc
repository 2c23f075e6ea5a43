#include "consensus/cometbft/socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "base/errors.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string path;  // of a Unix socket
};

Error bad_address(const std::string& address) {
  return Error(errors::kMalformed,
               "\"" + address.substr(0, 200) +
                   "\" is no address; allowed: unix:///path/of/socket (107 bytes at most) or "
                   "tcp://127.0.0.1:26658");
}

Error system_error(const std::string& what) {
  return Error(kEngineFailed, what + ": " + std::strerror(errno));
}

// The first address of a name.
bool look_up(const std::string& host, std::uint16_t port, Address& out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return false;
  std::memcpy(&out.storage, found->ai_addr, found->ai_addrlen);
  out.size = found->ai_addrlen;
  ::freeaddrinfo(found);
  return true;
}

enum class Names { kRefused, kLookedUp };

Result<Address> parse(const std::string& address, Names names) {
  Address out;
  if (address.starts_with("unix://")) {
    out.path = address.substr(7);
    auto& unix_address = reinterpret_cast<sockaddr_un&>(out.storage);
    if (out.path.empty() || out.path.size() >= sizeof unix_address.sun_path) return bad_address(address);
    unix_address.sun_family = AF_UNIX;
    std::memcpy(unix_address.sun_path, out.path.data(), out.path.size());
    out.size = sizeof(sockaddr_un);
    return out;
  }
  const std::size_t colon = address.rfind(':');
  if (!address.starts_with("tcp://") || colon < 7) return bad_address(address);
  std::string host = address.substr(6, colon - 6);
  std::uint16_t port = 0;
  const char* const end = address.data() + address.size();
  const auto [stop, code] = std::from_chars(address.data() + colon + 1, end, port);
  if (code != std::errc() || stop != end) return bad_address(address);
  auto& four = reinterpret_cast<sockaddr_in&>(out.storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    out.size = sizeof four;
    return out;
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) != 1) {
    if (names == Names::kLookedUp && look_up(host, port, out)) return out;
    return bad_address(address);
  }
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  out.size = sizeof six;
  return out;
}

Descriptor open_socket(const Address& address) {
  return Descriptor(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

bool wait_for(int socket, short events, int timeout_ms) {
  pollfd entry{socket, events, 0};
  while (true) {
    const int ready = ::poll(&entry, 1, timeout_ms);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

std::uint16_t taken_port(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (number_ >= 0 && number_ != other.number_) ::close(number_);
  number_ = other.release();
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<Listening> listen_at(const std::string& address) {
  ICN_TRY_ASSIGN(parsed, parse(address, Names::kRefused));
  Listening out{open_socket(parsed), address};
  if (!out.socket.is_open()) return system_error("socket");
  struct stat status {};
  if (!parsed.path.empty() && ::lstat(parsed.path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode))
    ::unlink(parsed.path.c_str());
  const int on = 1;
  if (parsed.path.empty()) ::setsockopt(out.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // On Linux the socket's file takes its mode from the descriptor's.
  if (!parsed.path.empty()) ::fchmod(out.socket.get(), S_IRUSR | S_IWUSR);
  if (::bind(out.socket.get(), reinterpret_cast<const sockaddr*>(&parsed.storage), parsed.size) != 0 ||
      ::listen(out.socket.get(), 16) != 0) {
    return system_error("cannot listen at " + address);
  }
  if (parsed.path.empty()) {
    out.address = address.substr(0, address.rfind(':') + 1) + std::to_string(taken_port(out.socket.get()));
  }
  return out;
}

Result<Descriptor> connect_to(const std::string& address, int timeout_ms) {
  ICN_TRY_ASSIGN(parsed, parse(address, Names::kLookedUp));
  Descriptor socket = open_socket(parsed);
  if (!socket.is_open()) return system_error("socket");
  const timeval timeout{timeout_ms / 1000, (timeout_ms % 1000) * 1000};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&parsed.storage), parsed.size) != 0)
    return system_error("cannot reach " + address);
  const int on = 1;
  if (parsed.path.empty()) ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

bool send_all(int socket, std::string_view bytes, int timeout_ms) {
  using std::chrono::steady_clock;
  constexpr int kTimeoutsOfAll = 10;
  const auto end = steady_clock::now() + kTimeoutsOfAll * std::chrono::milliseconds(timeout_ms);
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (steady_clock::now() > end || !wait_for(socket, POLLOUT, timeout_ms)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool is_readable(int socket, int timeout_ms) { return wait_for(socket, POLLIN, timeout_ms); }

int receive_some(int socket, std::string& out, int timeout_ms) {
  constexpr std::size_t kStep = 64 * 1024;
  if (!wait_for(socket, POLLIN, timeout_ms)) return -1;
  const std::size_t before = out.size();
  out.resize(before + kStep);
  ssize_t got = 0;
  do {
    got = ::recv(socket, out.data() + before, kStep, 0);
  } while (got < 0 && errno == EINTR);
  out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return static_cast<int>(got);
}

}  // namespace icn::consensus
