#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "network/network.h"

namespace icn::mesh {

// The executors of other nodes, by what their heartbeats say. Thread: any.
class ExecutorBook {
 public:
  explicit ExecutorBook(const Clock& clock) : clock_(clock) {}

  struct Entry {
    network::ExecutorOffer offer;
    std::uint64_t heard_ms = 0;  // Unix milliseconds
  };

  void heard(const Did& executor, const network::ExecutorOffer& offer);
  // Heard of within the last kForgottenAfterMs.
  std::map<Did, Entry> entries() const;
  std::size_t size() const;
  // The `count` of the known executors, and of `self` where it is given, that come first in the order of
  // SHA-256(job_id, executor).
  std::vector<Did> first(const JobId& job, std::size_t count, const std::optional<Did>& self) const;

 private:
  static constexpr std::size_t kEntriesMax = 10'000;
  static constexpr std::uint64_t kForgottenAfterMs = 60'000;

  void forget_old() const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::map<Did, Entry> entries_;
};

}  // namespace icn::mesh
