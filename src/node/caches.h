#pragma once

#include <memory>

#include "base/log.h"
#include "base/random.h"
#include "config/settings.h"
#include "http/answer_cache.h"
#include "http/shared_answers.h"
#include "ledger/ledger.h"
#include "storage/redis/redis_cache.h"

namespace icn::node {

struct CacheParts {
  const config::Settings& settings;
  ledger::Ledger& ledger;
  Bytes secret;  // of the answers that nodes share
  telemetry::Metrics& metrics;
  Random& random;
  std::shared_ptr<Log> log;
  bool is_follower = false;  // another node makes the blocks; this one is told of them
};

// What answers of reads are kept in: memory, and the Redis server of the settings if they name one. Made
// after the ledger and before its writer; outlives both the server and the writer.
class Caches {
 public:
  // malformed: cache.redis_url. What the database says when its generation is asked for.
  static Result<std::unique_ptr<Caches>> open(CacheParts parts);

  http::AnswerCache& answers() { return *answers_; }
  std::optional<storage::RedisStats> redis_stats() const;
  // The store may have lost what was read from it: nothing of before is used again.
  void begin_anew();
  void stop();

 private:
  explicit Caches(CacheParts parts) : parts_(std::move(parts)) {}
  std::string generation() const;

  CacheParts parts_;
  std::unique_ptr<http::AnswerCache> answers_;  // told by the threads of `redis_`
  std::unique_ptr<storage::RedisCache> redis_;
  std::unique_ptr<http::SharedAnswers> shared_;
};

}  // namespace icn::node
