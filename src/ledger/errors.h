#pragma once

#include "base/result.h"

namespace icn::ledger {

// Refused before execution: the ledger never saw the transaction.
inline constexpr ErrorKind kBadTransaction{Category::kMalformed, "bad_transaction", "malformed transaction"};
inline constexpr ErrorKind kUnknownType{Category::kMalformed, "unknown_transaction_type",
                                        "unknown transaction type"};
inline constexpr ErrorKind kWrongNetwork{Category::kMalformed, "wrong_network", "made for another network"};
inline constexpr ErrorKind kExpired{Category::kRule, "expired", "the transaction has expired"};
inline constexpr ErrorKind kExpiresTooLate{Category::kRule, "expires_too_late",
                                           "the transaction would live too long"};
inline constexpr ErrorKind kBadSignature{Category::kUnauthenticated, "bad_signature",
                                         "the signature is not valid"};
inline constexpr ErrorKind kQueueFull{Category::kUnavailable, "queue_full", "too many transactions wait"};
inline constexpr ErrorKind kNotWriting{Category::kUnavailable, "not_writing",
                                       "the ledger takes no writes now"};
// More than a third of the validators cannot be reached: nothing is committed until they are back.
inline constexpr ErrorKind kNoQuorum{Category::kUnavailable, "no_quorum",
                                     "too few validators can be reached to commit"};
// The batch was not written; nothing of it happened. The same transaction may be sent again.
inline constexpr ErrorKind kNotApplied{Category::kUnavailable, "not_applied", "the write did not happen"};
// Whether it happened is not known yet. Ask again with the transaction id.
inline constexpr ErrorKind kOutcomeUnknown{Category::kUnavailable, "outcome_unknown",
                                           "the outcome is not known yet"};

// Recorded as the outcome of a transaction.
inline constexpr ErrorKind kKeyNotValid{Category::kForbidden, "key_not_valid",
                                        "the key is not valid for the sender"};
inline constexpr ErrorKind kInvariantBroken{Category::kInternal, "invariant_broken",
                                            "an invariant would be broken"};

// Reads of what a node has dropped or never had: another node may still have it.
inline constexpr ErrorKind kBlockPruned{Category::kNotFound, "block_pruned", "the block is no longer kept"};
inline constexpr ErrorKind kStateNotKept{Category::kNotFound, "state_not_kept",
                                         "the state of that time is no longer kept"};
inline constexpr ErrorKind kBadProof{Category::kRule, "bad_proof", "the proof does not hold"};
// Of a snapshot that another node sent.
inline constexpr ErrorKind kWrongChunk{Category::kRule, "wrong_chunk", "a chunk is not what was announced"};
inline constexpr ErrorKind kSnapshotDiffers{Category::kRule, "snapshot_differs",
                                            "a snapshot is not what was agreed"};

inline constexpr ErrorKind kUnknownVersion{Category::kInternal, "unknown_block_version",
                                           "a block of a newer version"};
inline constexpr ErrorKind kDamagedChain{Category::kInternal, "damaged_chain",
                                         "the chain of blocks is damaged"};

}  // namespace icn::ledger
