#pragma once

#include <mutex>
#include <unordered_map>

#include "consensus/cometbft/admission.h"

namespace icn::consensus {

// Counts the transactions of each sender that were admitted to the engine's pool and have not left it, so
// that one sender cannot fill it. Thread: any.
class WaitingPool {
 public:
  explicit WaitingPool(std::size_t per_sender_max) : per_sender_max_(per_sender_max) {}

  // sender_queue_full. One that waits already is counted once.
  Result<void> add(const TransactionPtr& transaction);
  // A block was committed: what it held, and what is past its time, is gone.
  void committed(std::span<const TransactionPtr> transactions, TimestampSecs time);
  void remove(const crypto::Hash& id);
  bool contains(const crypto::Hash& id) const;
  // The engine has begun anew with an empty pool.
  void clear();

 private:
  using Waiting = std::unordered_map<crypto::Hash, TransactionPtr, crypto::HashOfHash>;

  Waiting::iterator erase(Waiting::iterator entry);

  std::size_t per_sender_max_;
  mutable std::mutex mutex_;
  Waiting waiting_;
  std::unordered_map<std::string, std::size_t> by_sender_;
};

}  // namespace icn::consensus
