#include "consensus/cometbft/waiting_pool.h"

#include "consensus/cometbft/errors.h"

namespace icn::consensus {

Result<void> WaitingPool::add(const TransactionPtr& transaction) {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = waiting_.try_emplace(transaction->hash(), transaction);
  if (!is_new) return {};
  std::size_t& count = by_sender_[transaction->envelope().sender.text()];
  if (count >= per_sender_max_) {
    waiting_.erase(entry);
    return Error(kSenderQueueFull, std::to_string(count) + " transactions of " +
                                       transaction->envelope().sender.text() + " wait; " +
                                       std::to_string(per_sender_max_) + " may");
  }
  ++count;
  return {};
}

WaitingPool::Waiting::iterator WaitingPool::erase(Waiting::iterator entry) {
  const auto sender = by_sender_.find(entry->second->envelope().sender.text());
  if (--sender->second == 0) by_sender_.erase(sender);
  return waiting_.erase(entry);
}

void WaitingPool::remove(const crypto::Hash& id) {
  const std::lock_guard lock(mutex_);
  if (const auto entry = waiting_.find(id); entry != waiting_.end()) erase(entry);
}

bool WaitingPool::contains(const crypto::Hash& id) const {
  const std::lock_guard lock(mutex_);
  return waiting_.contains(id);
}

void WaitingPool::committed(std::span<const TransactionPtr> transactions, TimestampSecs time) {
  const std::lock_guard lock(mutex_);
  for (const TransactionPtr& each : transactions) {
    if (const auto entry = waiting_.find(each->hash()); entry != waiting_.end()) erase(entry);
  }
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    entry = entry->second->envelope().expires <= time ? erase(entry) : std::next(entry);
  }
}

void WaitingPool::clear() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  by_sender_.clear();
}

}  // namespace icn::consensus
