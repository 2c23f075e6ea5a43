#include "http/connection_counts.h"

#include "base/assert.h"
#include "http/rate_limit.h"
#include "http/web_url.h"

namespace icn::http {

bool ConnectionCounts::is_counted(std::string_view address) const {
  constexpr std::string_view kMapped = "::ffff:";  // IPv4, as a socket of both families says it
  if (address.starts_with(kMapped)) address.remove_prefix(kMapped.size());
  return counts_loopback_ || !is_loopback_name(address);
}

bool ConnectionCounts::open(std::string_view address) {
  if (!is_counted(address)) return true;
  std::string client = client_of(address);
  const std::lock_guard lock(mutex_);
  if (per_address_max_ == 0) return false;
  std::size_t& count = open_[std::move(client)];
  if (count >= per_address_max_) return false;
  ++count;
  return true;
}

void ConnectionCounts::close(std::string_view address) {
  if (!is_counted(address)) return;
  const std::string client = client_of(address);
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(client);
  ICN_ASSERT(found != open_.end());
  if (--found->second == 0) open_.erase(found);
}

std::size_t ConnectionCounts::client_count() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

}  // namespace icn::http
