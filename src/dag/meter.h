#pragma once

#include <functional>
#include <mutex>
#include <unordered_map>

#include "dag/fees.h"
#include "dag/group_writer.h"
#include "dag/surcharge.h"
#include "ledger/ledger.h"

namespace icn::dag {

// What an account could pay now. Thread: any.
using AvailableMana = std::function<Result<Millimana>(const Did&)>;
// From the newest durable block of `ledger`, which outlives it.
AvailableMana available_on(const ledger::Ledger& ledger, const Clock& clock);

// Counts what accounts owe for block writes. What a write costs becomes durable in the change that makes it
// (kOwed), so that a crash loses none of it; charger.h collects it. The node itself pays nothing.
// Thread: any.
class Meter {
 public:
  // `load_ppm`: surcharge.h.
  Meter(const ledger::Ledger& ledger, const ledger::Reader& rows, AvailableMana available, Did node_did,
        const Clock& clock, Surcharge::LoadPpm load_ppm)
      : ledger_(ledger),
        rows_(rows),
        available_(std::move(available)),
        node_did_(std::move(node_did)),
        surcharge_(clock, std::move(load_ppm)) {}

  // Mana set aside for a write that is under way; free again when this goes. Movable only.
  class Reservation {
   public:
    Reservation() = default;
    Reservation(Reservation&& other) noexcept { *this = std::move(other); }
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation() { release(); }
    // Takes over what `more`, of the same payer, has set aside.
    void add(Reservation more);

   private:
    friend class Meter;
    void release();
    Meter* meter_ = nullptr;
    Did payer_;
    Millimana amount_;
  };

  // Once for each request that writes; its blocks cost fee() with what this answers.
  FeeFactors next_action(const Did& payer);
  Millimana fee(const Did& payer, std::uint64_t size, BlockType type, const FeeFactors& factors) const;
  // E005: what `payer` has available does not cover this, what it owes, and what it has set aside.
  Result<Reservation> reserve(const Did& payer, Millimana amount);

  // In the change that writes.
  static Result<void> add_owed(Batch& batch, const Did& payer, const Owed& owed);

 private:
  const ledger::Ledger& ledger_;
  const ledger::Reader& rows_;  // of kOwed
  AvailableMana available_;
  Did node_did_;
  Surcharge surcharge_;
  std::mutex mutex_;
  std::unordered_map<Did, Millimana> reserved_;
};

}  // namespace icn::dag
