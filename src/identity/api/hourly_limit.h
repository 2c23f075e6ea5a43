#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace icn::identity {

// So many events an hour for each client, counted in windows that begin with a client's first event. At most
// `clients_max` clients are known at a time; while that many have open windows, new ones are refused.
// Thread: any.
class HourlyLimit {
 public:
  HourlyLimit(std::uint32_t per_hour, const Clock& clock, std::size_t clients_max = 65'536)
      : per_hour_(per_hour), clock_(clock), clients_max_(clients_max) {}

  // Counts an event; false: the client has had its share.
  bool take(std::string_view client);

 private:
  struct Window {
    std::uint64_t began_ns = 0;
    std::uint32_t count = 0;
  };
  std::uint32_t per_hour_;
  const Clock& clock_;
  std::size_t clients_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace icn::identity
