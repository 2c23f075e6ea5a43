#include "http/rate_limit.h"

#include <arpa/inet.h>

#include <algorithm>
#include <functional>

#include "base/bytes.h"

namespace icn::http {

RateLimiter::RateLimiter(std::uint32_t per_minute, const Clock& clock, std::size_t clients_max)
    : per_minute_(per_minute),
      clock_(clock),
      per_shard_max_(std::max<std::size_t>(1, clients_max / kShards)) {}

std::uint32_t RateLimiter::take(std::string_view client) { return decide(client, true); }
std::uint32_t RateLimiter::wait_secs(std::string_view client) { return decide(client, false); }

// The bucket holds per_minute events; each takes one minute / per_minute to drain. `due_ns` is when all
// that was counted has drained: an event is allowed while that lies less than a minute ahead.
std::uint32_t RateLimiter::decide(std::string_view client, bool count) {
  if (is_off()) return 0;
  constexpr std::uint64_t kMinuteNs = 60'000'000'000;
  const std::uint64_t step_ns = kMinuteNs / per_minute_;
  const std::uint64_t now_ns = clock_.monotonic_ns();
  Shard& shard = shards_[std::hash<std::string_view>{}(client) % kShards];
  const std::lock_guard lock(shard.mutex);

  const auto found = shard.clients.find(client);
  const std::uint64_t due_ns =
      found == shard.clients.end() ? now_ns : std::max(now_ns, found->second->due_ns);
  const std::uint64_t after_ns = due_ns + step_ns;
  const std::uint64_t limit_ns = now_ns + step_ns * per_minute_;
  if (after_ns > limit_ns)
    return static_cast<std::uint32_t>((after_ns - limit_ns + 999'999'999) / 1'000'000'000);
  if (!count) return 0;

  if (found != shard.clients.end()) {
    found->second->due_ns = after_ns;
    shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
    return 0;
  }
  if (shard.by_use.size() >= per_shard_max_) {
    shard.clients.erase(shard.by_use.back().name);
    shard.by_use.pop_back();
  }
  shard.by_use.push_front({std::string(client), after_ns});
  shard.clients.emplace(shard.by_use.front().name, shard.by_use.begin());
  return 0;
}

std::string client_of(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in6_addr parsed{};
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
  const ByteView bytes(parsed.s6_addr, 16);
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) return text.substr(text.rfind(':') + 1);
  return hex_encode(bytes.first(8)) + "/64";
}

}  // namespace icn::http
