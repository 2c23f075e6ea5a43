#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace icn::http {

// How many connections each client has open: an IPv4 address, or the /64 of an IPv6 one. Loopback addresses
// are not counted, since gateways, proxies and load generators sit behind them. Holds an entry for each
// client that has a connection. Thread: any.
class ConnectionCounts {
 public:
  explicit ConnectionCounts(std::size_t per_address_max, bool counts_loopback = false)
      : per_address_max_(per_address_max), counts_loopback_(counts_loopback) {}

  // False: the client of this address has as many as it may; nothing is counted then.
  bool open(std::string_view address);
  // One that open() allowed is gone.
  void close(std::string_view address);
  std::size_t client_count() const;

 private:
  bool is_counted(std::string_view address) const;

  std::size_t per_address_max_;
  bool counts_loopback_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> open_;
};

}  // namespace icn::http
