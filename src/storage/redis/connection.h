#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

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

  // malformed
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
  // Connects, and logs in when the address says how. kInputOutput.
  static Result<std::unique_ptr<Connection>> open(const Address& address, std::uint32_t timeout_ms);

  // kInputOutput: no answer in time, or the connection was cut; it is of no use any more. A reply that is an
  // error is one too, and the connection goes on.
  Result<Reply> ask(const std::vector<std::string_view>& words);
  bool is_lost() const { return context_->err != 0; }

  // For a connection that listens: what has arrived, without waiting longer than `wait_ms`. Empty: nothing
  // yet.
  Result<std::vector<Reply>> arrived(std::uint32_t wait_ms);
  // Sends without waiting for an answer.
  Result<void> send(const std::vector<std::string_view>& words);

 private:
  struct Close {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  Error failure() const;
  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace icn::storage::redis
