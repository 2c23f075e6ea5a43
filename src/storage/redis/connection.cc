#include "storage/redis/connection.h"

#include <poll.h>

#include <charconv>

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
  if (url.starts_with("rediss://")) return malformed("TLS to Redis is not spoken; use a tunnel, or redis://");
  if (!url.starts_with("redis://")) return malformed("must begin with redis:// or unix://");
  url.remove_prefix(8);
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

Error Connection::failure() const { return Error(kInputOutput, std::string("Redis: ") + context_->errstr); }

Result<std::unique_ptr<Connection>> Connection::open(const Address& address, std::uint32_t timeout_ms) {
  const timeval timeout{timeout_ms / 1000, static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
  auto out = std::make_unique<Connection>();
  out->context_.reset(address.path.empty()
                          ? redisConnectWithTimeout(address.host.c_str(), address.port, timeout)
                          : redisConnectUnixWithTimeout(address.path.c_str(), timeout));
  if (out->context_ == nullptr) return Error(kInputOutput, "Redis: out of memory");
  if (out->is_lost()) return out->failure();
  if (redisSetTimeout(out->context_.get(), timeout) != REDIS_OK) return out->failure();
  if (!address.password.empty()) {
    std::vector<std::string_view> words{"AUTH"};
    if (!address.user.empty()) words.push_back(address.user);
    words.push_back(address.password);
    ICN_TRY(out->ask(words));
  }
  if (!address.database.empty() && address.database != "0") ICN_TRY(out->ask({"SELECT", address.database}));
  return out;
}

Result<Reply> Connection::ask(const std::vector<std::string_view>& words) {
  Arguments arguments(words);
  Reply reply(static_cast<redisReply*>(
      redisCommandArgv(context_.get(), arguments.count(), arguments.texts.data(), arguments.sizes.data())));
  if (reply == nullptr) return failure();
  if (reply->type == REDIS_REPLY_ERROR)
    return Error(kInputOutput, "Redis: " + std::string(reply_text(reply.get())));
  return reply;
}

Result<void> Connection::send(const std::vector<std::string_view>& words) {
  Arguments arguments(words);
  if (redisAppendCommandArgv(context_.get(), arguments.count(), arguments.texts.data(),
                             arguments.sizes.data()) != REDIS_OK)
    return failure();
  for (int is_done = 0; is_done == 0;) {
    if (redisBufferWrite(context_.get(), &is_done) != REDIS_OK) return failure();
  }
  return {};
}

Result<std::vector<Reply>> Connection::arrived(std::uint32_t wait_ms) {
  std::vector<Reply> out;
  pollfd socket{context_->fd, POLLIN, 0};
  if (::poll(&socket, 1, static_cast<int>(wait_ms)) > 0 && redisBufferRead(context_.get()) != REDIS_OK)
    return failure();
  while (true) {
    void* reply = nullptr;
    if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) return failure();
    if (reply == nullptr) return out;
    out.emplace_back(static_cast<redisReply*>(reply));
  }
}

}  // namespace icn::storage::redis
