#pragma once

#include "codec/errors.h"

// Errors of the DAG. E-codes as in domain.md 9; those of parts that do not exist yet (archive, checkpoints,
// erasure coding, partitions) come with them. E002 of bytes that were sent is codec's kCidMismatch.
namespace icn::dag {

// Also what a private block is for everybody who may not read it: its existence is not revealed.
inline constexpr ErrorKind kBlockNotFound{Category::kNotFound, "E001", "block not found"};
// What the store holds is not what the CID names. Such a block is never served.
inline constexpr ErrorKind kCorruptBlock{Category::kInternal, "E002",
                                         "a stored block does not match its CID"};
inline constexpr ErrorKind kMissingLink{Category::kRule, "E003", "missing parent"};
inline constexpr ErrorKind kBadBlockSignature{Category::kUnauthenticated, "E004", "signature invalid"};
inline constexpr ErrorKind kNotEnoughMana{Category::kPayment, "E005", "not enough mana"};
inline constexpr ErrorKind kStorageFull{Category::kStorageFull, "E008", "storage full"};

inline constexpr ErrorKind kBlockTooLarge{Category::kTooLarge, "block_too_large",
                                          "a block has at most 2 MiB; larger data is a file"};
inline constexpr ErrorKind kFutureTimestamp{Category::kRule, "future_timestamp",
                                            "the timestamp lies more than 60 s ahead"};
inline constexpr ErrorKind kWriterBusy{Category::kUnavailable, "dag_queue_full",
                                       "too many block writes wait"};
inline constexpr ErrorKind kStopped{Category::kUnavailable, "dag_stopped", "the block store takes no writes"};
// Of the gateway, which sends them as 406, 412 and 416.
inline constexpr ErrorKind kNotAcceptable{Category::kMalformed, "not_acceptable",
                                          "the content is not offered in this format"};
inline constexpr ErrorKind kNotCached{Category::kNotFound, "not_cached", "the block is not on this node"};
inline constexpr ErrorKind kBadRange{Category::kMalformed, "bad_range",
                                     "the range lies outside of the content"};
inline constexpr ErrorKind kPinNotFound{Category::kNotFound, "pin_not_found", "there is no such pin"};
inline constexpr ErrorKind kPruneRunning{Category::kConflict, "prune_running", "a prune is running"};
inline constexpr ErrorKind kNotHomeNode{Category::kForbidden, "not_home_node",
                                        "only the home node of these accounts may charge them"};

}  // namespace icn::dag
