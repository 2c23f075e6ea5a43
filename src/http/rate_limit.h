#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace icn::http {

// So many events a minute per client, all at once if need be, then evenly (GCRA). Memory is bounded:
// of more than `clients_max` clients the longest idle is forgotten. Thread: any; sixteen shards.
class RateLimiter {
 public:
  // per_minute 0: unlimited.
  RateLimiter(std::uint32_t per_minute, const Clock& clock, std::size_t clients_max = 65'536);

  bool is_off() const { return per_minute_ == 0; }
  // Counts an event if it is allowed. 0: allowed; else seconds until one is.
  std::uint32_t take(std::string_view client);
  // The same without counting.
  std::uint32_t wait_secs(std::string_view client);

 private:
  static constexpr std::size_t kShards = 16;
  struct Client {
    std::string name;
    std::uint64_t due_ns;  // when the bucket is empty again
  };
  struct Shard {
    std::mutex mutex;
    std::list<Client> by_use;  // newest first
    std::unordered_map<std::string_view, std::list<Client>::iterator> clients;
  };
  std::uint32_t decide(std::string_view client, bool count);

  std::uint32_t per_minute_;
  const Clock& clock_;
  std::size_t per_shard_max_;
  std::array<Shard, kShards> shards_;
};

// Requests that change state, and reads that cost much (Route). Others are not limited (domain.md 1).
struct RateLimits {
  RateLimiter open;           // without credentials, per address: open_rate_limit
  RateLimiter authenticated;  // per caller; off unless configured
};

// The client behind an address: IPv4 as it is, IPv6 by its /64.
std::string client_of(std::string_view address);

}  // namespace icn::http
