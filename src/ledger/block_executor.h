#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ledger/block.h"
#include "ledger/rules.h"

namespace icn::ledger {

using TransactionList = std::span<const std::shared_ptr<const CheckedTransaction>>;

// A block that was computed and waits to become durable.
struct ExecutedBlock {
  Head head;
  std::vector<Outcome> outcomes;   // one per transaction
  std::vector<storage::Row> rows;  // state, block, and where its transactions stand: one atomic batch
  std::vector<Event> events;
  std::vector<std::string> failures;   // of due rows and invariants: for the log
  std::size_t due_rows = 0;            // that ran, and the end of a standstill as one
  std::uint64_t checkpoint_epoch = 0;  // of the checkpoint that this block is; 0: it is none
};

// Executes blocks over a committed state. Deterministic: the same head, state, time and transactions give
// the same block on every machine. Changes nothing itself.
// Thread: one at a time.
class BlockExecutor {
 public:
  // Without `roots` no checkpoint is ever begun: for states that no other node shares.
  explicit BlockExecutor(const Rules& rules, CheckpointRoots roots = {})
      : rules_(rules), roots_(std::move(roots)) {}

  Result<ExecutedBlock> genesis(const Genesis& genesis, const Reader& empty_state) const;

  // `time` is raised to the head's if it is smaller. Transactions whose id the ledger knows already must not
  // be in the list. May wait for the root of a checkpoint (CheckpointRoots).
  // What was found against validators comes after the due rows and before the transactions.
  // `parameters`: those of `state`, from who knows them; reading them takes as long as some transfers.
  Result<ExecutedBlock> execute(const Head& head, const Reader& state, TimestampSecs time,
                                TransactionList transactions, std::span<const Misconduct> misconduct = {},
                                const Parameters* parameters = nullptr) const;

 private:
  void punish(const BlockContext& block, const Misconduct& misconduct, View& view, ExecutedBlock& out) const;
  Outcome run_one(const BlockContext& block, const CheckedTransaction& transaction, View& view,
                  ExecutedBlock& out) const;
  Result<std::string> try_one(const ApplyContext& context, View& view) const;
  Result<void> check_invariants(const View& view, View::Savepoint savepoint) const;
  Result<void> seal(const BlockHeader& draft, const BlockBody& body, std::span<const crypto::Hash> ids,
                    View& view, ExecutedBlock& out) const;

  const Rules& rules_;
  CheckpointRoots roots_;
};

// SHA-256 over the rows of the agreed state among `rows`, which are in order of table and key.
crypto::Hash state_delta_hash(const std::vector<storage::Row>& rows);

}  // namespace icn::ledger
