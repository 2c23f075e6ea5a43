#include "http/answer_cache.h"

#include <functional>

#include "http/shared_answers.h"

namespace icn::http {
namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};
constexpr std::size_t kWaitersMax = 10'000;  // more make their answer themselves

telemetry::Counter& counter_of(const AnswerCacheOptions& options, telemetry::Metric metric, const char* level,
                               telemetry::Counter& other) {
  return options.metrics != nullptr ? options.metrics->counter(metric, {level}) : other;
}

}  // namespace

// Who waits for an answer. Whatever becomes of the exchange that makes it, the last one to let go lands the
// flight.
class AnswerCache::Flight {
 public:
  using Make = std::function<void(const ExchangePtr&)>;
  Flight(AnswerCache& cache, std::string its_name) : name(std::move(its_name)), cache_(cache) {}

  // Of the maker: what the others get. Null: each makes its own.
  void land(const Response* kept) {
    if (is_landed_.exchange(true)) return;
    cache_.land(*this);
    for (auto& [exchange, make] : waiting) {
      if (kept != nullptr) {
        Response copy = *kept;
        exchange->reply(std::move(copy));
      } else {
        exchange->executor().post([exchange = exchange, make = make] { make(exchange); });
      }
    }
    waiting.clear();
  }

  const std::string name;
  std::vector<std::pair<ExchangePtr, Make>> waiting;  // guarded by the shard, until it has landed

 private:
  AnswerCache& cache_;
  std::atomic<bool> is_landed_{false};
};

AnswerCache::AnswerCache(const AnswerCacheOptions& options)
    : shard_bytes_max_(options.bytes_max / kShards),
      shared_(options.shared),
      is_shared_only_(options.is_shared_only),
      hits_(counter_of(options, telemetry::Metric::cache_hits, "l1", own_hits_)),
      misses_(counter_of(options, telemetry::Metric::cache_misses, "l1", own_misses_)),
      shared_hits_(counter_of(options, telemetry::Metric::cache_hits, "l2", own_shared_hits_)),
      shared_misses_(counter_of(options, telemetry::Metric::cache_misses, "l2", own_shared_misses_)) {}

AnswerCache::Shard& AnswerCache::shard_of(std::string_view name) {
  return shards_[std::hash<std::string_view>{}(name) % kShards];
}

void AnswerCache::erase(Shard& shard, ByUse::iterator answer) {
  shard.bytes -= answer->size();
  shard.answers.erase(answer->name);
  shard.by_use.erase(answer);
}

std::optional<Response> AnswerCache::look(const std::string& name, const AnswerVersion& version,
                                          std::uint64_t now_ns) {
  Shard& shard = shard_of(name);
  const std::uint64_t drops = drops_of(version);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.answers.find(name);
  if (found == shard.answers.end()) return std::nullopt;
  const Answer& answer = *found->second;
  if (answer.version != version.value || answer.drops != drops || answer.until_ns <= now_ns)
    return std::nullopt;
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
  return Response::cached(answer.content_type, answer.body);
}

std::optional<Response> AnswerCache::find(const std::string& name, const AnswerVersion& version,
                                          std::uint64_t now_ns) {
  auto kept = look(name, version, now_ns);
  (kept ? hits_ : misses_).add();
  return kept;
}

bool AnswerCache::keep(const std::string& name, const AnswerVersion& version, Response& response,
                       std::uint64_t now_ns) {
  return put(name, version, response, now_ns, drops_of(version));
}

bool AnswerCache::put(const std::string& name, const AnswerVersion& version, Response& response,
                      std::uint64_t now_ns, std::uint64_t drops) {
  auto* text = std::get_if<std::string>(&response.body);
  if (response.status != 200 || !response.headers.empty() || text == nullptr || !may_keep(version))
    return false;
  const std::uint64_t until_ns =
      version.seconds_max == 0 ? kNever : now_ns + std::uint64_t{version.seconds_max} * 1'000'000'000;
  Answer answer{name,     version.value,         drops,
                until_ns, response.content_type, std::make_shared<const std::string>(std::move(*text))};
  response.body = answer.body;
  const std::size_t size = answer.size();
  if (size > shard_bytes_max_) return false;
  Shard& shard = shard_of(name);
  const std::lock_guard lock(shard.mutex);
  if (const auto old = shard.answers.find(name); old != shard.answers.end()) erase(shard, old->second);
  while (shard.bytes + size > shard_bytes_max_) erase(shard, std::prev(shard.by_use.end()));
  shard.by_use.push_front(std::move(answer));
  shard.answers.emplace(shard.by_use.front().name, shard.by_use.begin());
  shard.bytes += size;
  return true;
}

// The flight that the caller is to make; null: somebody does, and the exchange waits.
std::shared_ptr<AnswerCache::Flight> AnswerCache::join(const std::string& flight_name,
                                                       const ExchangePtr& exchange,
                                                       const std::function<void(const ExchangePtr&)>& make) {
  Shard& shard = shard_of(flight_name);
  const std::lock_guard lock(shard.mutex);
  auto& flight = shard.flights[flight_name];
  if (flight != nullptr && flight->waiting.size() < kWaitersMax) {
    flight->waiting.emplace_back(exchange, make);
    joined_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  flight = std::make_shared<Flight>(*this, flight_name);
  return flight;
}

// From here on nobody joins it.
void AnswerCache::land(Flight& flight) {
  Shard& shard = shard_of(flight.name);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.flights.find(flight.name);
  if (found != shard.flights.end() && found->second.get() == &flight) shard.flights.erase(found);
}

bool AnswerCache::answer_shared(const ExchangePtr& exchange, const std::string& name,
                                const AnswerVersion& version, Flight& flight, std::uint64_t drops) {
  if (shared_ == nullptr || version.place == 0) return false;
  auto found = shared_->find(name, version);
  (found ? shared_hits_ : shared_misses_).add();
  if (!found) return false;
  put(name, version, *found, exchange->request().received_ns, drops);
  flight.land(&*found);
  exchange->reply(std::move(*found));
  return true;
}

void AnswerCache::answer(const ExchangePtr& exchange, std::string name, const AnswerVersion& version,
                         const std::function<void(const ExchangePtr&)>& make) {
  if (!may_keep(version)) return make(exchange);
  if (auto kept = find(name, version, exchange->request().received_ns))
    return exchange->reply(std::move(*kept));
  const std::uint64_t drops = drops_of(version);
  const auto flight = join(name + "\n" + std::to_string(version.value), exchange, make);
  if (flight == nullptr) return;
  // Lands also when the exchange goes without an answer.
  const std::shared_ptr<Flight> guard(flight.get(), [flight](Flight* held) { held->land(nullptr); });
  if (answer_shared(exchange, name, version, *flight, drops)) return;
  exchange->before_send([this, guard, name = std::move(name), version, drops,
                         now_ns = exchange->request().received_ns](Response& response) {
    const bool is_new_text = std::holds_alternative<std::string>(response.body);
    put(name, version, response, now_ns, drops);
    const bool is_shareable = response.status == 200 && response.headers.empty() && is_new_text;
    if (is_shareable && shared_ != nullptr && version.place != 0) shared_->keep(name, version, response);
    guard->land(is_shareable ? &response : nullptr);
  });
  make(exchange);
}

AnswerCacheStats AnswerCache::stats() const {
  AnswerCacheStats out{hits_.value(),
                       misses_.value(),
                       shared_hits_.value(),
                       shared_misses_.value(),
                       joined_,
                       0,
                       0,
                       shard_bytes_max_ * kShards};
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    out.answers += shard.by_use.size();
    out.bytes += shard.bytes;
  }
  return out;
}

}  // namespace icn::http
