#include "storage/redis/connection.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/assert.h"
#include "base/errors.h"
#include "storage/errors.h"

namespace icn::storage::redis {
namespace {

Error malformed(std::string detail) {
  return Error(errors::kMalformed, "cache.redis_url: " + std::move(detail));
}

bool parse_number(std::string_view text, int& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && code == std::errc() && end == text.data() + text.size();
}

struct Arguments {
  explicit Arguments(const std::vector<std::string_view>& words) {
    for (const std::string_view word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
  }
  int count() const { return static_cast<int>(texts.size()); }
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
};

}  // namespace

Result<Address> Address::parse(std::string_view url) {
  constexpr int kPortMax = 65'535;
  Address out;
  if (url.starts_with("unix://")) {
    out.path = url.substr(7);
    return out.path.starts_with('/') ? Result<Address>(out) : malformed("unix:// needs an absolute path");
  }
  out.is_tls = url.starts_with("rediss://");
  if (!out.is_tls && !url.starts_with("redis://"))
    return malformed("must begin with redis://, rediss:// or unix://");
  url.remove_prefix(out.is_tls ? 9 : 8);
  if (const std::size_t slash = url.find('/'); slash != std::string_view::npos) {
    out.database = url.substr(slash + 1);
    int number = 0;
    if (!out.database.empty() && (!parse_number(out.database, number) || number < 0))
      return malformed("the database is a number");
    url = url.substr(0, slash);
  }
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = url.substr(0, at);
    const std::size_t colon = login.find(':');
    if (colon == std::string_view::npos) return malformed("a login is USER:PASSWORD or :PASSWORD");
    out.user = login.substr(0, colon);
    out.password = login.substr(colon + 1);
    url = url.substr(at + 1);
  }
  const std::size_t bracket = url.starts_with('[') ? url.find(']') : 0;
  if (bracket == std::string_view::npos) return malformed("the host is cut off");
  if (const std::size_t colon = url.find(':', bracket); colon != std::string_view::npos) {
    if (!parse_number(url.substr(colon + 1), out.port) || out.port < 1 || out.port > kPortMax)
      return malformed("the port is a number up to 65535");
    url = url.substr(0, colon);
  }
  if (bracket > 0) url = url.substr(1, bracket - 1);
  if (url.empty()) return malformed("a host is missing");
  out.host = url;
  return out;
}

std::string_view reply_text(const redisReply* reply) {
  if (reply == nullptr) return {};
  const bool is_text = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS ||
                       reply->type == REDIS_REPLY_ERROR;
  return is_text ? std::string_view(reply->str, reply->len) : std::string_view();
}

Error Connection::lost(std::string why) {
  lost_ = "Redis: " + std::move(why);
  return Error(kInputOutput, lost_);
}

Result<std::unique_ptr<Connection>> Connection::open(const Address& address, std::uint32_t timeout_ms) {
  const timeval timeout{timeout_ms / 1000, static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
  auto out = std::make_unique<Connection>();
  out->timeout_ms_ = timeout_ms;
  out->context_.reset(address.path.empty()
                          ? redisConnectWithTimeout(address.host.c_str(), address.port, timeout)
                          : redisConnectUnixWithTimeout(address.path.c_str(), timeout));
  if (out->context_ == nullptr) return Error(kInputOutput, "Redis: out of memory");
  if (out->context_->err != 0) return out->lost(out->context_->errstr);
  // From here on every wait is ours, and none is longer than the timeout.
  const int flags = ::fcntl(out->context_->fd, F_GETFL);
  if (flags < 0 || ::fcntl(out->context_->fd, F_SETFL, flags | O_NONBLOCK) != 0)
    return out->lost(std::strerror(errno));
  if (address.is_tls) ICN_TRY(out->begin_tls(address));
  ICN_TRY(out->log_in(address));
  return out;
}

Result<void> Connection::begin_tls(const Address& address) {
  ICN_ASSERT(address.identity != nullptr);
  tls_ = std::make_unique<TlsSession>(address.identity, address.host);
  while (true) {
    auto done = tls_->shake_hands();
    ICN_TRY(send_bytes(tls_->to_send()));  // a refusal is told, too
    if (!done.ok()) return lost(done.error().detail());
    if (*done) return {};
    ICN_TRY_ASSIGN(count, receive(timeout_ms_));
    if (count == 0) return lost("no answer in time");
    tls_->received({buffer_.data(), count});
  }
}

Result<void> Connection::log_in(const Address& address) {
  if (!address.password.empty()) {
    std::vector<std::string_view> words{"AUTH"};
    if (!address.user.empty()) words.push_back(address.user);
    words.push_back(address.password);
    ICN_TRY(ask(words));
  }
  if (!address.database.empty() && address.database != "0") ICN_TRY(ask({"SELECT", address.database}));
  return {};
}

bool Connection::is_ready(short events, std::uint32_t timeout_ms) const {
  pollfd socket{context_->fd, events, 0};
  int ready = -1;
  do {
    ready = ::poll(&socket, 1, static_cast<int>(timeout_ms));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

Result<void> Connection::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!is_ready(POLLOUT, timeout_ms_)) return lost("takes nothing in time");
    } else if (errno != EINTR) {
      return lost(std::strerror(errno));
    }
  }
  return {};
}

// How many bytes came into the buffer; 0: none in time.
Result<std::size_t> Connection::receive(std::uint32_t timeout_ms) {
  bool has_waited = false;
  while (true) {
    const ssize_t count = ::recv(context_->fd, buffer_.data(), buffer_.size(), 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) return lost("the server closed the connection");
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return lost(std::strerror(errno));
    if (has_waited || !is_ready(POLLIN, timeout_ms)) return std::size_t{0};
    has_waited = true;
  }
}

Result<void> Connection::send(const std::vector<std::string_view>& words) {
  Arguments arguments(words);
  char* made = nullptr;
  const int size =
      redisFormatCommandArgv(&made, arguments.count(), arguments.texts.data(), arguments.sizes.data());
  if (size < 0) return lost("out of memory");
  const std::unique_ptr<char, void (*)(char*)> owned(made, [](char* text) { redisFreeCommand(text); });
  const std::string_view command(made, static_cast<std::size_t>(size));
  if (tls_ == nullptr) return send_bytes(command);
  if (const auto written = tls_->write(command); !written.ok()) return lost(written.error().detail());
  return send_bytes(tls_->to_send());
}

// Takes what comes to the reader of replies; false: nothing came in time.
Result<bool> Connection::read(std::uint32_t timeout_ms) {
  ICN_TRY_ASSIGN(count, receive(timeout_ms));
  if (count == 0) return false;
  std::string_view bytes(buffer_.data(), count);
  std::string plain;
  if (tls_ != nullptr) {
    tls_->received(bytes);
    auto opened = tls_->read();
    if (!opened.ok()) return lost(opened.error().detail());
    ICN_TRY(send_bytes(tls_->to_send()));  // TLS may have something to answer by itself
    plain = std::move(*opened);
    bytes = plain;
  }
  if (!bytes.empty() && redisReaderFeed(context_->reader, bytes.data(), bytes.size()) != REDIS_OK)
    return lost(context_->reader->errstr);
  return true;
}

Result<Reply> Connection::next_reply() {
  void* reply = nullptr;
  if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) return lost(context_->reader->errstr);
  return Reply(static_cast<redisReply*>(reply));
}

Result<Reply> Connection::ask(const std::vector<std::string_view>& words) {
  ICN_TRY(send(words));
  while (true) {
    ICN_TRY_ASSIGN(reply, next_reply());
    if (reply == nullptr) {
      ICN_TRY_ASSIGN(has_come, read(timeout_ms_));
      if (!has_come) return lost("no answer in time");
      continue;
    }
    if (reply->type == REDIS_REPLY_ERROR)
      return Error(kInputOutput, "Redis: " + std::string(reply_text(reply.get())));
    return std::move(reply);
  }
}

Result<std::vector<Reply>> Connection::arrived(std::uint32_t wait_ms) {
  std::vector<Reply> out;
  ICN_TRY(read(wait_ms));
  while (true) {
    ICN_TRY_ASSIGN(reply, next_reply());
    if (reply == nullptr) return out;
    out.push_back(std::move(reply));
  }
}

}  // namespace icn::storage::redis
