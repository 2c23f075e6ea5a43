#pragma once

#include "ledger/block_executor.h"
#include "storage/store.h"

namespace icn::ledger {

struct VerifyReport {
  std::uint64_t from_height = 0;  // state that was taken as given; 0: none, all is replayed
  std::uint64_t height = 0;       // of the last block that was replayed
  std::uint64_t checkpoints = 0;  // whose roots were computed again
  std::uint64_t transactions = 0;
  crypto::Hash head_hash{};
  crypto::Hash state_hash{};              // SHA-256 over every row of the agreed state
  std::optional<std::string> difference;  // the first one found; none: the ledger is what its blocks say
};

// Replays the ledger in `store` from genesis into `scratch` (an empty store with the same tables), checks
// every signature, and compares every header and at the end every row of the agreed state. An Error:
// something could not be read. Thread: any; `store` may be a snapshot.
Result<VerifyReport> verify_ledger(const Rules& rules, const Reader& store,
                                   const std::vector<storage::TableSchema>& tables, storage::Store& scratch);

// The same from the snapshot of a checkpoint in `folder`, whose rows must have the root that a header names.
Result<VerifyReport> verify_from_checkpoint(const Rules& rules, const Reader& store,
                                            const std::vector<storage::TableSchema>& tables,
                                            storage::Store& scratch, const std::string& folder,
                                            std::uint64_t epoch);

// A stored transaction with its signature checked against the key its sender has in `state`.
Result<std::shared_ptr<const CheckedTransaction>> admit_stored(const Rules& rules, const Reader& state,
                                                               const StoredTransaction& stored);

// Replays the blocks in `blocks` from the first one into the empty store `into`, which then holds that
// ledger. The first difference; none: all replay.
Result<std::optional<std::string>> replay_blocks(const Rules& rules, const Reader& blocks,
                                                 const std::vector<storage::TableSchema>& tables,
                                                 storage::Store& into, VerifyReport& report);

// SHA-256 over the rows of the agreed state, in order of table and key.
Result<crypto::Hash> state_hash(const Reader& state, const std::vector<storage::TableSchema>& tables);

}  // namespace icn::ledger
