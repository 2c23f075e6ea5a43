#pragma once

#include "base/result.h"

// How a step in the life of a federation can be refused.
namespace icn::federation {

inline constexpr ErrorKind kNoFederation{Category::kConflict, "no_federation",
                                         "this ledger is no federation's"};
inline constexpr ErrorKind kFederationExists{Category::kConflict, "federation_exists",
                                             "this ledger is a federation's already"};
inline constexpr ErrorKind kDecidedByVote{Category::kRule, "decided_by_vote",
                                          "in this federation the members vote on whom they take"};
inline constexpr ErrorKind kVoteOpen{Category::kConflict, "vote_open",
                                     "the members have not decided about it yet"};
inline constexpr ErrorKind kNotNetworkOperator{Category::kForbidden, "not_operator",
                                               "only the network's operator may do this"};

inline constexpr ErrorKind kNotValidatorOperator{Category::kForbidden, "not_validator_operator",
                                                 "only operators of validators decide this"};
inline constexpr ErrorKind kNotMemberOperator{Category::kForbidden, "not_member_operator",
                                              "the sender operates no member organisation"};
inline constexpr ErrorKind kNotOrganization{Category::kForbidden, "not_organization",
                                            "the sender does not stand for this organisation"};
inline constexpr ErrorKind kBadValidatorKey{Category::kRule, "bad_validator_key",
                                            "the validator's key is not proven"};

inline constexpr ErrorKind kMemberNotFound{Category::kNotFound, "member_not_found", "no member has this DID"};
inline constexpr ErrorKind kMemberExists{Category::kConflict, "member_exists",
                                         "the organisation is a member already"};
inline constexpr ErrorKind kOperatorTaken{Category::kConflict, "operator_taken",
                                          "the operator acts for another member"};
inline constexpr ErrorKind kValidatorNotFound{Category::kNotFound, "validator_not_found",
                                              "the organisation has no validator"};
inline constexpr ErrorKind kValidatorExists{Category::kConflict, "validator_exists",
                                            "the organisation has a validator already"};
inline constexpr ErrorKind kKeyTaken{Category::kConflict, "validator_key_taken",
                                     "another validator has this key"};
inline constexpr ErrorKind kTooManyValidators{Category::kRule, "validators_max",
                                              "there are as many validators as may be"};
inline constexpr ErrorKind kLastValidator{Category::kRule, "last_validator",
                                          "a federation keeps at least one validator"};

inline constexpr ErrorKind kChangeNotFound{Category::kNotFound, "change_not_found", "no such change"};
inline constexpr ErrorKind kChangeClosed{Category::kConflict, "change_closed",
                                         "the change was applied or has expired"};

inline constexpr ErrorKind kChangeOpen{Category::kConflict, "change_open",
                                       "the change waits for approvals already"};

inline constexpr ErrorKind kOffenceNotFound{Category::kNotFound, "offence_not_found", "no such offence"};
inline constexpr ErrorKind kNotAnswerable{Category::kForbidden, "not_answerable",
                                          "the sender does not answer for this offence"};
inline constexpr ErrorKind kPenaltyClosed{Category::kConflict, "penalty_closed",
                                          "nothing is locked for this offence any more"};

inline constexpr ErrorKind kNotInvited{Category::kForbidden, "not_invited",
                                       "this federation takes who is invited"};
inline constexpr ErrorKind kInvitationNotValid{Category::kForbidden, "invitation_not_valid",
                                               "the invitation does not hold"};
inline constexpr ErrorKind kInvitationSpent{Category::kConflict, "invitation_spent",
                                            "the invitation was used before"};
inline constexpr ErrorKind kWrongCharter{Category::kRule, "wrong_charter",
                                         "consent is to another charter than the federation's"};
inline constexpr ErrorKind kNoProfile{Category::kNotFound, "profile_not_found",
                                      "no cooperative of this DID is registered"};
inline constexpr ErrorKind kBadProfile{Category::kRule, "bad_profile", "the profile is not valid"};

inline constexpr ErrorKind kTrustInSelf{Category::kRule, "trust_in_self",
                                        "nobody says how far it trusts itself"};
inline constexpr ErrorKind kTrustNotFound{Category::kNotFound, "trust_not_found",
                                          "there is no such trust to take back"};
inline constexpr ErrorKind kTooManyTrustEdges{Category::kRule, "trust_edges_max",
                                              "the sender trusts in as many ways as it may"};

inline constexpr ErrorKind kPeerExists{Category::kConflict, "peer_exists", "the peer is known already"};
inline constexpr ErrorKind kBadPeer{Category::kMalformed, "bad_peer", "no address of an engine"};
inline constexpr ErrorKind kTooManyPeers{Category::kRule, "federation_peers_max",
                                         "there are as many peers as may be added"};
inline constexpr ErrorKind kSyncFailed{Category::kConflict, "F002", "the node cannot be brought up to that"};

inline constexpr ErrorKind kValidatorNotWaiting{Category::kConflict, "validator_not_waiting",
                                                "no validator waits here to be confirmed"};
inline constexpr ErrorKind kNotCaughtUp{Category::kConflict, "not_caught_up",
                                        "this node lacks what others have decided"};

inline constexpr ErrorKind kRegisterBroken{Category::kInternal, "register_broken",
                                           "members and validators do not fit together"};

}  // namespace icn::federation
