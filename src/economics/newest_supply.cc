#include "economics/newest_supply.h"

namespace icn::economics {
namespace {

Result<Supply> read(const ledger::Ledger& ledger) {
  ICN_TRY_ASSIGN(store, ledger.store());
  ICN_TRY_ASSIGN(supply, kSupply.get(*store, kSupplyKey));
  return supply.value_or(Supply());
}

}  // namespace

NewestSupply::NewestSupply(ledger::Ledger& ledger) : ledger_(ledger) {
  const auto look = [this] { static_cast<void>(get()); };
  look();
  ledger.listen([look](const ledger::Published&, const std::vector<ledger::Event>&) { look(); });
}

Result<Supply> NewestSupply::get() const {
  const std::uint64_t height = ledger_.published()->head.header.height;
  std::unique_lock lock(mutex_);
  if (kept_ && (height == height_ || is_reading_)) return *kept_;
  is_reading_ = true;
  lock.unlock();
  auto found = read(ledger_);
  lock.lock();
  is_reading_ = false;
  if (found.ok()) {
    kept_ = *found;
    height_ = height;
  }
  if (!kept_) return found.error();
  return *kept_;
}

}  // namespace icn::economics
