#include "identity/api/hourly_limit.h"

namespace icn::identity {
namespace {

constexpr std::uint64_t kHourNs = 3'600'000'000'000;

}  // namespace

bool HourlyLimit::take(std::string_view client) {
  const std::uint64_t now = clock_.monotonic_ns();
  const std::lock_guard lock(mutex_);
  auto found = windows_.find(std::string(client));
  if (found == windows_.end()) {
    if (windows_.size() >= clients_max_) {
      std::erase_if(windows_, [now](const auto& each) { return now - each.second.began_ns >= kHourNs; });
    }
    if (windows_.size() >= clients_max_) return false;
    found = windows_.emplace(std::string(client), Window{now, 0}).first;
  }
  Window& window = found->second;
  if (now - window.began_ns >= kHourNs) window = {now, 0};
  if (window.count >= per_hour_) return false;
  ++window.count;
  return true;
}

}  // namespace icn::identity
