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
// Transient: until the account is old enough, or the emergency is over.
inline constexpr ErrorKind kQuarantined{Category::kForbidden, "I009",
                                        "while a Sybil storm is on, accounts this new send no mana"};
inline constexpr ErrorKind kTransferTooLarge{Category::kRule, "transfer_too_large",
                                             "more than a transfer may move now"};
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
inline constexpr ErrorKind kNothingDeclared{Category::kNotFound, "nothing_declared",
                                            "the account has declared no capacity"};
inline constexpr ErrorKind kVouchesForSelf{Category::kRule, "vouches_for_self", "nobody vouches for himself"};
inline constexpr ErrorKind kMayNotVouch{Category::kForbidden, "may_not_vouch",
                                        "only active members and operators vouch for others"};
inline constexpr ErrorKind kAlreadyVerified{Category::kConflict, "already_verified",
                                            "the account is verified already"};
inline constexpr ErrorKind kNothingToSlash{Category::kRule, "nothing_to_slash",
                                           "the account has nothing that could be taken"};
inline constexpr ErrorKind kPenaltyExists{Category::kConflict, "penalty_exists",
                                          "this proposal has punished the account before"};
inline constexpr ErrorKind kPenaltyNotFound{Category::kNotFound, "penalty_not_found",
                                            "there is no such penalty"};
inline constexpr ErrorKind kPenaltyState{Category::kConflict, "penalty_state",
                                         "the penalty is not in a state for this"};
inline constexpr ErrorKind kNoMemoStore{Category::kUnavailable, "no_memo_store", "this node keeps no memos"};

// More is asked from a lock than it holds: a rule of ours is broken, not the caller's input.
inline constexpr ErrorKind kExceedsLock{Category::kInternal, "exceeds_lock", "more than is locked"};
inline constexpr ErrorKind kNotConserved{Category::kInternal, "not_conserved",
                                         "mana appeared or disappeared"};

}  // namespace icn::economics
