#pragma once

#include "base/result.h"

namespace icn::network {

inline constexpr ErrorKind kBadAddress{Category::kMalformed, "bad_multiaddress", "this is no multiaddress"};
inline constexpr ErrorKind kBadPeerId{Category::kMalformed, "bad_peer_id",
                                      "this is no peer id of an Ed25519 key"};
inline constexpr ErrorKind kPeerNotFound{Category::kNotFound, "peer_not_found", "no connection to this peer"};
inline constexpr ErrorKind kBanNotFound{Category::kNotFound, "ban_not_found", "this peer is not banned"};
inline constexpr ErrorKind kRecordNotFound{Category::kNotFound, "record_not_found",
                                           "nobody who was asked has such a record"};
inline constexpr ErrorKind kBlockNotFound{Category::kNotFound, "block_not_fetched",
                                          "no peer gave this block in time"};
inline constexpr ErrorKind kBadEnvelope{Category::kMalformed, "bad_envelope",
                                        "this is no message of the network"};
inline constexpr ErrorKind kTooLarge{Category::kTooLarge, "message_too_large", "a message has at most 1 MiB"};
inline constexpr ErrorKind kUnreachable{Category::kUnavailable, "F008",
                                        "the peer cannot be reached"};
inline constexpr ErrorKind kBadAnswer{Category::kUnavailable, "bad_answer",
                                      "the peer answers something else"};
inline constexpr ErrorKind kBusy{Category::kUnavailable, "network_busy", "too much waits to be sent"};
inline constexpr ErrorKind kOff{Category::kUnavailable, "network_off",
                                "this node takes no part in the peer network (p2p.enabled)"};
inline constexpr ErrorKind kFailed{Category::kInternal, "network_failed", "the peer network does not start"};

}  // namespace icn::network
