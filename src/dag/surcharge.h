#pragma once

#include <functional>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "base/ids.h"
#include "base/mana.h"
#include "ledger/parameters.h"

namespace icn::dag {

// What the fee of a write is multiplied with, one factor after the other, in parts per million.
struct FeeFactors {
  static constexpr std::int64_t kOne = 1'000'000;
  std::int64_t load_ppm = kOne;
  std::int64_t burst_ppm = kOne;
};
// Rounds down after each factor.
Millimana with_factors(Millimana fee, const FeeFactors& factors);

// What makes a write dearer than its base fee (domain.md 5): a full queue of the block writer, and a payer's
// many writes within an hour. Both are measured where the write is made, at the node that meters the payer;
// the ledger sees nothing but the amount charged, so no node needs to agree on a measurement. An action is
// one request, however many blocks it brings. Hours are counted from a payer's first action, in memory: a
// restart forgives. Thread: any.
class Surcharge {
 public:
  // How full the queue is, in parts per million; may be empty: never full.
  using LoadPpm = std::function<std::int64_t()>;
  Surcharge(const Clock& clock, LoadPpm load_ppm, std::size_t payers_max = 100'000)
      : clock_(clock), load_ppm_(std::move(load_ppm)), payers_max_(payers_max) {}

  // Counts an action of `payer` and answers what holds for all it writes. While `payers_max` payers have an
  // hour running, others are not counted.
  FeeFactors next_action(const ledger::Parameters& parameters, const Did& payer);

 private:
  std::int64_t count(const Did& payer);

  struct Hour {
    std::uint64_t began_ns = 0;
    std::int64_t actions = 0;
  };
  const Clock& clock_;
  LoadPpm load_ppm_;
  std::size_t payers_max_;
  std::mutex mutex_;
  std::unordered_map<Did, Hour> hours_;
};

}  // namespace icn::dag
