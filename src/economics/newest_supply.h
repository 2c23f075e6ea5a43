#pragma once

#include <mutex>
#include <optional>

#include "economics/tables.h"
#include "ledger/ledger.h"

namespace icn::economics {

// The supply record as the newest block left it, kept in memory: whoever asks how a node is must not wait for
// a database that is away. Read after each block; of a ledger that follows another node's, when somebody
// asks.
// Thread: any. Make it before the log runs (it listens to the ledger); outlives the ledger's writer.
class NewestSupply {
 public:
  explicit NewestSupply(ledger::Ledger& ledger);

  // While it cannot be read, or another thread is reading it: the one read last. Errors as of reads, as long
  // as it has never been read.
  Result<Supply> get() const;

 private:
  const ledger::Ledger& ledger_;
  mutable std::mutex mutex_;
  mutable std::optional<Supply> kept_;
  mutable std::uint64_t height_ = 0;  // of the newest block when it was read
  mutable bool is_reading_ = false;
};

}  // namespace icn::economics
