#include "http/client_stream.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "http/errors.h"

namespace icn::http {
namespace {

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(Socket&& other) noexcept : is_cut(other.is_cut), fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  int fd() const { return fd_; }

  Result<void> wait(short events, std::uint32_t timeout_ms) const {
    constexpr std::uint32_t kSliceMs = 100;  // how long a cut may take
    while (true) {
      if (is_cut != nullptr && *is_cut) return Error(kUnreachable, "the request was given up");
      const std::uint32_t slice_ms = is_cut != nullptr ? std::min(kSliceMs, timeout_ms) : timeout_ms;
      pollfd poll_fd{fd_, events, 0};
      const int ready = ::poll(&poll_fd, 1, static_cast<int>(slice_ms));
      if (ready > 0) return {};
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0) return Error(kUnreachable, std::strerror(errno));
      timeout_ms -= slice_ms;
      if (timeout_ms == 0) return Error(kTimedOut);
    }
  }
  bool is_quiet() const {
    pollfd poll_fd{fd_, POLLIN, 0};
    return ::poll(&poll_fd, 1, 0) == 0;
  }

  const std::atomic<bool>* is_cut = nullptr;

 private:
  int fd_;
};

Result<Socket> connect_to(const addrinfo& address, std::uint32_t timeout_ms) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return Error(kUnreachable, std::strerror(errno));
  const int on = 1;
  ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket.fd(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return Error(kUnreachable, std::strerror(errno));
  ICN_TRY(socket.wait(POLLOUT, timeout_ms));
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure != 0) return Error(kUnreachable, std::strerror(failure));
  return socket;
}

bool is_within(Reach reach, const addrinfo& address) {
  if (reach == Reach::kAnywhere) return true;
  const bool is_loopback = reach == Reach::kLoopback;
  if (address.ai_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, address.ai_addr, sizeof ipv4);
    const std::uint32_t bits = ntohl(ipv4.sin_addr.s_addr);
    return is_loopback ? bits >> 24 == 127 : is_public_ipv4(bits);
  }
  if (address.ai_family != AF_INET6) return false;
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, address.ai_addr, sizeof ipv6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), ipv6.sin6_addr.s6_addr, bytes.size());
  return is_loopback ? IN6_IS_ADDR_LOOPBACK(&ipv6.sin6_addr) != 0 : is_public_ipv6(bytes);
}

Result<Socket> connect_to(const ClientAddress& address, std::uint32_t timeout_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (failed != 0) return Error(kUnreachable, address.host + ": " + gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  Error last(kUnreachable);
  // A stranger's name may have any number of addresses that do not answer.
  constexpr std::uint32_t kTriesMax = 3;
  const bool is_stranger = address.reach != Reach::kAnywhere;
  if (is_stranger) timeout_ms /= kTriesMax;
  std::uint32_t tries = 0;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (!is_within(address.reach, *each)) {
      last = Error(kUnreachable, address.host + ": is no public address");
      continue;
    }
    if (is_stranger && ++tries > kTriesMax) break;
    auto socket = connect_to(*each, timeout_ms);
    if (socket.ok()) return socket;
    last = Error(socket.error().kind(), address.host + ":" + address.port + ": " + socket.error().detail());
  }
  return last;
}

class PlainStream final : public ClientStream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  Result<std::string_view> read(std::uint32_t timeout_ms) override {
    while (true) {
      const ssize_t count = ::recv(socket_.fd(), buffer_.data(), buffer_.size(), 0);
      if (count >= 0) return std::string_view(buffer_.data(), static_cast<std::size_t>(count));
      if (errno == EAGAIN || errno == EWOULDBLOCK)
        ICN_TRY(socket_.wait(POLLIN, timeout_ms));
      else if (errno != EINTR)
        return Error(kUnreachable, std::strerror(errno));
    }
  }

  Result<void> write(std::string_view bytes, std::uint32_t timeout_ms) override {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        ICN_TRY(socket_.wait(POLLOUT, timeout_ms));
      else if (errno != EINTR)
        return Error(kUnreachable, std::strerror(errno));
    }
    return {};
  }

  bool is_quiet() const override { return socket_.is_quiet(); }
  void set_cut(const std::atomic<bool>* is_cut) override { socket_.is_cut = is_cut; }

 private:
  Socket socket_;
  std::array<char, 64 * 1024> buffer_{};
};

std::string tls_error(std::string_view what) {
  char text[256] = "no detail";
  const unsigned long code = ERR_get_error();
  if (code != 0) ERR_error_string_n(code, text, sizeof text);
  return std::string(what) + ": " + text;
}

class TlsStream final : public ClientStream {
 public:
  static Result<std::unique_ptr<ClientStream>> open(Socket socket, const ClientAddress& address,
                                                    const ClientTls& tls, std::uint32_t timeout_ms) {
    auto stream = std::make_unique<TlsStream>(std::move(socket));
    ICN_TRY(stream->prepare(address, tls));
    // All of it counts: a server could send one byte at a time.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (true) {
      ERR_clear_error();
      const int done = SSL_connect(stream->ssl_.get());
      if (done == 1) return std::unique_ptr<ClientStream>(std::move(stream));
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      if (left.count() <= 0) return Error(kTimedOut, "TLS handshake with " + address.host);
      ICN_TRY(stream->wait_for(done, static_cast<std::uint32_t>(left.count()),
                               "TLS handshake with " + address.host));
    }
  }

  explicit TlsStream(Socket socket) : socket_(std::move(socket)) {}
  ~TlsStream() override {
    if (ssl_) SSL_shutdown(ssl_.get());
  }

  Result<std::string_view> read(std::uint32_t timeout_ms) override {
    while (true) {
      ERR_clear_error();
      const int count = SSL_read(ssl_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
      if (count > 0) return std::string_view(buffer_.data(), static_cast<std::size_t>(count));
      if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) return std::string_view();
      ICN_TRY(wait_for(count, timeout_ms, "TLS read"));
    }
  }

  Result<void> write(std::string_view bytes, std::uint32_t timeout_ms) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      const int most = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
      const int count = SSL_write(ssl_.get(), bytes.data(), most);
      if (count > 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else
        ICN_TRY(wait_for(count, timeout_ms, "TLS write"));
    }
    return {};
  }

  bool is_quiet() const override { return socket_.is_quiet(); }
  void set_cut(const std::atomic<bool>* is_cut) override { socket_.is_cut = is_cut; }

 private:
  Result<void> prepare(const ClientAddress& address, const ClientTls& tls) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_) return Error(kUnreachable, tls_error("TLS"));
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    const int trusted = tls.ca_file.empty()
                            ? SSL_CTX_set_default_verify_paths(context_.get())
                            : SSL_CTX_load_verify_locations(context_.get(), tls.ca_file.c_str(), nullptr);
    if (trusted != 1)
      return Error(kTlsFiles, tls_error(tls.ca_file.empty() ? "system certificates" : tls.ca_file));
    SSL_CTX_set_verify(context_.get(), tls.is_certificate_checked ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                       nullptr);
    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_) return Error(kUnreachable, tls_error("TLS"));
    in6_addr ignored{};
    const bool is_ip = ::inet_pton(AF_INET, address.host.c_str(), &ignored) == 1 ||
                       ::inet_pton(AF_INET6, address.host.c_str(), &ignored) == 1;
    X509_VERIFY_PARAM* checks = SSL_get0_param(ssl_.get());
    if (is_ip) {
      X509_VERIFY_PARAM_set1_ip_asc(checks, address.host.c_str());
    } else {
      X509_VERIFY_PARAM_set1_host(checks, address.host.c_str(), 0);
      SSL_set_tlsext_host_name(ssl_.get(), const_cast<char*>(address.host.c_str()));
    }
    SSL_set_fd(ssl_.get(), socket_.fd());
    return {};
  }

  Result<void> wait_for(int result, std::uint32_t timeout_ms, const std::string& what) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return socket_.wait(POLLIN, timeout_ms);
      case SSL_ERROR_WANT_WRITE:
        return socket_.wait(POLLOUT, timeout_ms);
      default:
        return Error(kUnreachable, tls_error(what));
    }
  }

  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  Socket socket_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::array<char, 16 * 1024> buffer_{};
};

}  // namespace

Result<std::unique_ptr<ClientStream>> ClientStream::connect(const ClientAddress& address,
                                                            const ClientTls& tls,
                                                            std::uint32_t connect_timeout_ms) {
  ICN_TRY_ASSIGN(socket, connect_to(address, connect_timeout_ms));
  if (address.is_tls) return TlsStream::open(std::move(socket), address, tls, connect_timeout_ms);
  return std::unique_ptr<ClientStream>(std::make_unique<PlainStream>(std::move(socket)));
}

}  // namespace icn::http
