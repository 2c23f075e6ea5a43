#include "dag/meter.h"

#include <algorithm>

#include "dag/errors.h"
#include "economics/accounts.h"

namespace icn::dag {

AvailableMana available_on(const ledger::Ledger& ledger, const Clock& clock) {
  return [&ledger, &clock](const Did& did) -> Result<Millimana> {
    const auto published = ledger.published();
    ICN_TRY_ASSIGN(store, ledger.store());
    ICN_TRY_ASSIGN(state_clock, ledger::kClock.get(*store, "clock"));
    const ledger::BlockContext now{published->network.network, published->head.header.height,
                                   std::max(clock.now_secs(), published->head.header.time),
                                   state_clock ? state_clock->standstill_secs : 0, &published->parameters};
    return economics::available(*store, now, did);
  };
}

Meter::Reservation& Meter::Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  release();
  meter_ = std::exchange(other.meter_, nullptr);
  payer_ = std::move(other.payer_);
  amount_ = other.amount_;
  return *this;
}

void Meter::Reservation::add(Reservation more) {
  if (meter_ == nullptr) {
    *this = std::move(more);
  } else if (more.meter_ != nullptr) {
    ICN_ASSERT(more.payer_ == payer_);
    amount_ += more.amount_;
    more.meter_ = nullptr;
  }
}

void Meter::Reservation::release() {
  if (meter_ == nullptr) return;
  const std::lock_guard lock(meter_->mutex_);
  const auto found = meter_->reserved_.find(payer_);
  found->second -= amount_;
  if (found->second == Millimana{}) meter_->reserved_.erase(found);
  meter_ = nullptr;
}

FeeFactors Meter::next_action(const Did& payer) {
  if (payer == node_did_) return {};
  return surcharge_.next_action(ledger_.published()->parameters, payer);
}

Millimana Meter::fee(const Did& payer, std::uint64_t size, BlockType type, const FeeFactors& factors) const {
  if (payer == node_did_) return {};
  return with_factors(block_fee(ledger_.published()->parameters, size, type), factors);
}

Result<Meter::Reservation> Meter::reserve(const Did& payer, Millimana amount) {
  Reservation reservation;
  if (amount <= Millimana{}) return reservation;
  ICN_TRY_ASSIGN(available, available_(payer));
  ICN_TRY_ASSIGN(owed, kOwed.get(rows_, payer));
  const Millimana free = available - owed.value_or(Owed()).amount;
  const std::lock_guard lock(mutex_);
  Millimana& reserved = reserved_[payer];
  if (reserved + amount > free) {
    if (reserved == Millimana{}) reserved_.erase(payer);
    return Error(kNotEnoughMana, "the write costs " + codec::to_json_text(amount) + " mana; " + payer.text() +
                                     " has " + codec::to_json_text(std::max(free, Millimana{})) +
                                     " left after what it owes already");
  }
  reserved += amount;
  reservation.meter_ = this;
  reservation.payer_ = payer;
  reservation.amount_ = amount;
  return reservation;
}

Result<void> Meter::add_owed(Batch& batch, const Did& payer, const Owed& owed) {
  if (owed.amount == Millimana{}) return {};
  ICN_TRY_ASSIGN(before, kOwed.get(batch.view, payer));
  Owed now = before.value_or(Owed());
  now.amount += owed.amount;
  now.blocks += owed.blocks;
  now.bytes += owed.bytes;
  return kOwed.put(batch.view, payer, now);
}

}  // namespace icn::dag
