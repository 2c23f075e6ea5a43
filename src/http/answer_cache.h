#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/answer_version.h"
#include "http/exchange.h"
#include "telemetry/metrics.h"

namespace icn::http {

class SharedAnswers;

struct AnswerCacheOptions {
  std::size_t bytes_max = 0;              // of more the longest unused go
  telemetry::Metrics* metrics = nullptr;  // may be null; outlives the cache
  SharedAnswers* shared = nullptr;        // second level; may be null; outlives the cache
  // Keeps only answers that other nodes tell the changes of: for who does not make the changes itself.
  bool is_shared_only = false;
};

struct AnswerCacheStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t shared_hits = 0;
  std::uint64_t shared_misses = 0;
  std::uint64_t joined = 0;  // requests that waited for the answer to another one like them
  std::uint64_t answers = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0;
};

// Rendered answers of reads, each kept under a name with the version of what it was made from: asked with
// another version, it is not there. Nobody can tell a kept answer from a new one, but by
// AnswerVersion::seconds_max. Of those who ask for the same missing answer one makes it, the others wait.
// Thread: any; sixteen shards.
class AnswerCache {
 public:
  explicit AnswerCache(const AnswerCacheOptions& options);

  // Answers from what is kept, here or in the second level; or makes one of those who ask run `make`, which
  // answers the exchange it is given, and lets the others wait for that answer. One that cannot be kept is
  // made anew for each.
  void answer(const ExchangePtr& exchange, std::string name, const AnswerVersion& version,
              const std::function<void(const ExchangePtr&)>& make);

  // `now_ns`: of a monotonic clock.
  std::optional<Response> find(const std::string& name, const AnswerVersion& version, std::uint64_t now_ns);
  // Keeps a 200 without headers of its own whose body is text; others are left alone. The response then
  // shares its body with the cache.   False: it was not kept.
  bool keep(const std::string& name, const AnswerVersion& version, Response& response, std::uint64_t now_ns);

  // Forgets what depends on this place, and now and then others; all. Also what is being made now.
  void drop(std::uint64_t place) { dropped_[place % kPlaces].fetch_add(1, std::memory_order_release); }
  void drop_all() { dropped_all_.fetch_add(1, std::memory_order_release); }

  AnswerCacheStats stats() const;

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kPlaces = 4'096;
  struct Answer {
    std::string name;
    std::uint64_t version;
    std::uint64_t drops;
    std::uint64_t until_ns;
    std::string content_type;
    std::shared_ptr<const std::string> body;
    std::size_t size() const { return name.size() + body->size() + sizeof(Answer) + kOverheadBytes; }
  };
  static constexpr std::size_t kOverheadBytes = 128;  // of list, map and the text's own block
  using ByUse = std::list<Answer>;
  // One answer under way.
  class Flight;
  struct Shard {
    std::mutex mutex;
    ByUse by_use;  // newest first
    std::unordered_map<std::string_view, ByUse::iterator> answers;
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights;
    std::size_t bytes = 0;
  };
  Shard& shard_of(std::string_view name);
  static void erase(Shard& shard, ByUse::iterator answer);
  // Both only grow: the sum stays the same only if neither has.
  std::uint64_t drops_of(const AnswerVersion& version) const {
    return dropped_[version.place % kPlaces].load(std::memory_order_acquire) +
           dropped_all_.load(std::memory_order_acquire);
  }
  bool may_keep(const AnswerVersion& version) const {
    return version.value != 0 && (!is_shared_only_ || version.place != 0);
  }
  std::optional<Response> look(const std::string& name, const AnswerVersion& version, std::uint64_t now_ns);
  bool put(const std::string& name, const AnswerVersion& version, Response& response, std::uint64_t now_ns,
           std::uint64_t drops);
  std::shared_ptr<Flight> join(const std::string& flight_name, const ExchangePtr& exchange,
                               const std::function<void(const ExchangePtr&)>& make);
  bool answer_shared(const ExchangePtr& exchange, const std::string& name, const AnswerVersion& version,
                     Flight& flight, std::uint64_t drops);
  void land(Flight& flight);

  std::size_t shard_bytes_max_;
  SharedAnswers* shared_;
  bool is_shared_only_;
  telemetry::Counter own_hits_, own_misses_, own_shared_hits_,
      own_shared_misses_;  // when there are no metrics
  telemetry::Counter& hits_;
  telemetry::Counter& misses_;
  telemetry::Counter& shared_hits_;
  telemetry::Counter& shared_misses_;
  std::atomic<std::uint64_t> joined_{0};
  std::array<std::atomic<std::uint64_t>, kPlaces> dropped_{};
  std::atomic<std::uint64_t> dropped_all_{0};
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace icn::http
