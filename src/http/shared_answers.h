#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/answer_version.h"
#include "http/message.h"
#include "storage/redis/redis_cache.h"

namespace icn::http {

// Answers that several nodes of one ledger share, in Redis. What is found there is used only when it was made
// from the ledger at a height at which it still holds (AnswerVersion::changed_height), and when its tag shows
// that a node with the same secret made it for the same name: a server that was partitioned, filled with old
// values or written to by others costs time and changes no answer. Thread: any.
class SharedAnswers {
 public:
  // `secret`: 32 bytes that all these nodes have and nobody else. Outlives the cache; `redis` too.
  SharedAnswers(storage::RedisCache& redis, Bytes secret) : redis_(redis), secret_(std::move(secret)) {}

  // Names the state that heights count: another one after the store may have lost what was read from it.
  // Empty: nothing is shared, which is how it begins.
  void set_generation(std::string generation);

  std::optional<Response> find(const std::string& name, const AnswerVersion& version) const;
  // A 200 without headers; its body is text.
  void keep(const std::string& name, const AnswerVersion& version, const Response& response) const;

  // For RedisCache::mark(), and back; 0: it is not the name of a place.
  static std::string mark_of(std::uint64_t place);
  static std::uint64_t place_of(std::string_view mark);

 private:
  std::string key_of(const std::string& name, std::uint64_t place) const;  // empty: nothing is shared

  storage::RedisCache& redis_;
  const Bytes secret_;
  mutable std::mutex mutex_;
  std::string generation_;
};

}  // namespace icn::http
