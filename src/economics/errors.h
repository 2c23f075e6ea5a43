#pragma once

#include "base/result.h"

// How mana can be refused. Codes of a transfer stand in the order in which its rules are asked.
namespace icn::economics {

inline constexpr ErrorKind kToSelf{Category::kRule, "transfer_to_self", "an account cannot pay itself"};
inline constexpr ErrorKind kTransfersOff{Category::kRule, "transfers_off",
                                         "this network allows no transfers"};
inline constexpr ErrorKind kNotVerified{Category::kForbidden, "not_verified",
                                        "an unverified account cannot pay"};
inline constexpr ErrorKind kNotMembers{Category::kForbidden, "no_common_organisation",
                                       "payer and recipient have no organisation in common"};
// Transient: regeneration and releases may make it possible.
inline constexpr ErrorKind kExceedsBalance{Category::kPayment, "exceeds_balance",
                                           "more than the available balance"};
// Transient: the next day has its own allowance.
inline constexpr ErrorKind kExceedsDay{Category::kRule, "exceeds_daily_limit",
                                       "more than an account may send a day"};
inline constexpr ErrorKind kExceedsRecipientCap{Category::kRule, "exceeds_recipient_cap",
                                                "the recipient would hold more than its cap"};

inline constexpr ErrorKind kNotOperator{Category::kForbidden, "not_operator",
                                        "only operators of the network's organizations may do this"};
inline constexpr ErrorKind kAlreadyGranted{Category::kConflict, "already_granted",
                                           "the start grant was paid before"};
inline constexpr ErrorKind kGrantsUsedUp{Category::kRule, "grants_used_up", "no more start grants today"};
inline constexpr ErrorKind kNoMemoStore{Category::kUnavailable, "no_memo_store", "this node keeps no memos"};

// More is asked from a lock than it holds: a rule of ours is broken, not the caller's input.
inline constexpr ErrorKind kExceedsLock{Category::kInternal, "exceeds_lock", "more than is locked"};
inline constexpr ErrorKind kNotConserved{Category::kInternal, "not_conserved",
                                         "mana appeared or disappeared"};

}  // namespace icn::economics
