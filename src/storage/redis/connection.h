#pragma once

#include <hiredis/hiredis.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "storage/redis/tls.h"

// Inside this folder only.
namespace icn::storage::redis {

// Where a server is, from its URL.
struct Address {
  std::string host;
  int port = 6379;
  std::string path;  // of a socket; else empty
  std::string user;
  std::string password;
  std::string database;  // a number; empty: 0
  bool is_tls = false;
  std::shared_ptr<const TlsIdentity> identity;  // there when is_tls, before a connection is opened

  // Of "redis:", "rediss:" (TLS) or "unix:".   malformed
  static Result<Address> parse(std::string_view url);
};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

// Text of a string, status or error reply; empty for others.
std::string_view reply_text(const redisReply* reply);

// Blocking; every wait ends after the timeout. Thread: one at a time.
class Connection {
 public:
  // Connects, agrees on TLS, and logs in when the address says how. kInputOutput.
  static Result<std::unique_ptr<Connection>> open(const Address& address, std::uint32_t timeout_ms);

  // kInputOutput: no answer in time, or the connection was cut; it is of no use any more. A reply that is an
  // error is one too, and the connection goes on.
  Result<Reply> ask(const std::vector<std::string_view>& words);
  bool is_lost() const { return !lost_.empty(); }

  // For a connection that listens: what has arrived, without waiting longer than `wait_ms`. Empty: nothing
  // yet.
  Result<std::vector<Reply>> arrived(std::uint32_t wait_ms);
  // Sends without waiting for an answer.
  Result<void> send(const std::vector<std::string_view>& words);

 private:
  struct Close {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  Error lost(std::string why);
  bool is_ready(short events, std::uint32_t timeout_ms) const;
  Result<void> send_bytes(std::string_view bytes);
  Result<std::size_t> receive(std::uint32_t timeout_ms);
  Result<void> begin_tls(const Address& address);
  Result<void> log_in(const Address& address);
  Result<bool> read(std::uint32_t timeout_ms);
  Result<Reply> next_reply();  // null: there is none yet

  std::unique_ptr<redisContext, Close> context_;  // made the connection, reads replies, closes
  std::unique_ptr<TlsSession> tls_;
  std::uint32_t timeout_ms_ = 0;
  std::string lost_;  // why; empty: it is not
  std::array<char, 16 * 1024> buffer_{};
};

}  // namespace icn::storage::redis
