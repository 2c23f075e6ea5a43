#pragma once

#include <icn_network.h>

#include <shared_mutex>
#include <utility>

namespace icn::network {

// Owns an icn_network. Commands may come from any thread and meet its end safely: each holds it while it
// runs, and none reaches it after close().
class NativeNetwork {
 public:
  ~NativeNetwork() { close(); }

  void open(icn_network* network) {
    const std::unique_lock lock(mutex_);
    network_ = network;
  }
  // Joins the network's threads.
  void close() {
    icn_network* network = nullptr;
    {
      const std::unique_lock lock(mutex_);
      network = std::exchange(network_, nullptr);
    }
    if (network != nullptr) icn_network_stop(network);
  }

  // `command(network)`; false when it is closed.
  template <typename Command>
  bool send(Command&& command) const {
    const std::shared_lock lock(mutex_);
    return network_ != nullptr && command(network_);
  }

 private:
  mutable std::shared_mutex mutex_;
  icn_network* network_ = nullptr;
};

}  // namespace icn::network
