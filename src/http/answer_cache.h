#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/message.h"
#include "telemetry/metrics.h"

namespace icn::http {

// Rendered answers of reads, each kept under a name with the version of what it was made from: asked with
// another version, it is not there. Nobody can tell a kept answer from a new one. Of more than `bytes_max`
// the longest unused go. Thread: any; sixteen shards.
class AnswerCache {
 public:
  // `metrics` may be null; outlives the cache.
  AnswerCache(std::size_t bytes_max, telemetry::Metrics* metrics);

  std::optional<Response> find(const std::string& name, std::uint64_t version);
  // Keeps a 200 without headers of its own whose body is text; others are left alone. The response then
  // shares its body with the cache.
  void keep(const std::string& name, std::uint64_t version, Response& response);

 private:
  static constexpr std::size_t kShards = 16;
  struct Answer {
    std::string name;
    std::uint64_t version;
    std::string content_type;
    std::shared_ptr<const std::string> body;
    std::size_t size() const { return name.size() + body->size() + sizeof(Answer); }
  };
  using ByUse = std::list<Answer>;
  struct Shard {
    std::mutex mutex;
    ByUse by_use;  // newest first
    std::unordered_map<std::string_view, ByUse::iterator> answers;
    std::size_t bytes = 0;
  };
  Shard& shard_of(std::string_view name);
  static void erase(Shard& shard, ByUse::iterator answer);

  std::size_t shard_bytes_max_;
  telemetry::Counter* hits_ = nullptr;
  telemetry::Counter* misses_ = nullptr;
  std::array<Shard, kShards> shards_;
};

}  // namespace icn::http
