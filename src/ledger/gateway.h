#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "crypto/batch_verifier.h"
#include "ledger/ledger.h"
#include "ledger/ordered_log.h"

namespace icn::ledger {

// The way of a transaction into the log: looks up its key, verifies its signature, hands it on.
//
// submit() gathers what arrives in one round of an io thread, verifies it as one batch on that thread, and
// makes one push to the log: verifying each alone costs a quarter of the throughput (design.md 10).
class Gateway {
 public:
  // `executor_count`: indexes of the executors that call submit() are below it.
  Gateway(const Ledger& ledger, OrderedLog& log, const Clock& clock, std::size_t executor_count)
      : ledger_(ledger), log_(log), clock_(clock), slots_(executor_count) {}

  // Thread: that of `executor`. `done` is called on it. Beside the log's errors: wrong_network, expired,
  // expires_too_late, key_not_valid, bad_signature; and what the key resolver says.
  void submit(Executor& executor, std::shared_ptr<CheckedTransaction> transaction, Done done);

  // For who has no io thread: verifies alone, at once. Thread: any.
  void submit_now(Executor& executor, std::shared_ptr<CheckedTransaction> transaction, Done done);

  // A transaction this node has just signed itself with the key `signer`: the signature is known to be good.
  void submit_own(Executor& executor, std::shared_ptr<CheckedTransaction> transaction,
                  const crypto::PublicKey& signer, Done done);

 private:
  struct Waiting {
    std::shared_ptr<CheckedTransaction> transaction;
    Done done;
  };
  static constexpr std::size_t kKeysKept = 8'192;
  struct alignas(64) Slot {  // of one io thread: touched by it alone
    std::vector<Waiting> waiting;
    crypto::BatchVerifier verifier{kKeysKept};
  };

  void flush(Executor& executor);
  Result<void> prepare(CheckedTransaction& transaction) const;

  const Ledger& ledger_;
  OrderedLog& log_;
  const Clock& clock_;
  std::vector<Slot> slots_;
};

}  // namespace icn::ledger
