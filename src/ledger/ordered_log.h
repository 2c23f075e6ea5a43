#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "ledger/block.h"

namespace icn::ledger {

// Where a transaction was committed and what it came to.
struct Commitment {
  Outcome outcome;
  std::uint64_t height = 0;
};

// Called exactly once, on the submission's executor, when the answer is final.
// An Error means that the ledger did not take the transaction:
//   queue_full, not_writing, storage_full, not_applied   nothing happened; it may be sent again
//   no_quorum                                            nothing happened; until validators are back
//   expired                                              it was known and is past its expiry
//   outcome_unknown                                      ask again with its id
using Done = std::function<void(const Result<Commitment>&)>;

struct Submission {
  std::shared_ptr<const CheckedTransaction> transaction;  // its signature is verified
  Executor* executor;                                     // outlives the log's stop()
  Done done;
};

struct LogStatus {
  bool is_writing = true;
  std::string reason;  // why not
  std::size_t waiting = 0;
  bool has_quorum = true;
  TimestampSecs time = 0;  // of what was ordered last: nothing later is earlier. 0: not known
};

// Puts transactions into one order and commits them. Implementations: src/consensus/.
// A transaction is answered when it is durable; one whose id was committed before gets the first outcome.
// Thread: any.
class OrderedLog {
 public:
  virtual ~OrderedLog() = default;
  virtual void submit(std::vector<Submission> group) = 0;
  virtual LogStatus status() const = 0;
  // The age in seconds of what is read here, when others may have decided more; none: it is the newest.
  // Takes no lock: every read asks.
  virtual std::optional<std::uint64_t> stale_secs() const = 0;
  // Commits what waits, answers everybody, and takes no more. Called once.
  virtual void stop() = 0;
};

}  // namespace icn::ledger
