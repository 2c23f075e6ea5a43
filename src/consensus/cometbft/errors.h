#pragma once

#include "base/result.h"

namespace icn::consensus {

inline constexpr ErrorKind kSenderQueueFull{Category::kRateLimited, "sender_queue_full",
                                            "too many transactions of this sender wait"};
inline constexpr ErrorKind kEngineFailed{Category::kUnavailable, "engine_failed",
                                         "the consensus engine does not answer"};
inline constexpr ErrorKind kBadAttestation{Category::kRule, "F001",
                                           "the checkpoint is not valid: what validators signed does not hold"};
inline constexpr ErrorKind kTooFewSigned{Category::kRule, "E011",
                                         "not enough validators signed the checkpoint"};
inline constexpr ErrorKind kBlockNotDecided{Category::kNotFound, "block_not_decided",
                                            "the engine has no block of that height yet"};
inline constexpr ErrorKind kBlockDropped{Category::kNotFound, "block_dropped",
                                         "the engine has dropped the block of that height"};
inline constexpr ErrorKind kOtherLedger{Category::kConflict, "other_ledger",
                                        "the validators signed another ledger than this one"};
inline constexpr ErrorKind kBadAbci{Category::kMalformed, "bad_abci", "malformed ABCI message"};
inline constexpr ErrorKind kWrongGenesis{Category::kMalformed, "wrong_genesis",
                                         "the genesis is of another ledger"};

}  // namespace icn::consensus
