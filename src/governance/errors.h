#pragma once

#include "base/result.h"

// How governance can refuse. Codes G001 to G010: domain.md 4.
namespace icn::governance {

inline constexpr ErrorKind kNotMember{Category::kForbidden, "G001", "not a member who may do this"};
inline constexpr ErrorKind kAlreadyVoted{Category::kConflict, "G002", "the ballot is final"};
inline constexpr ErrorKind kVotingNotActive{Category::kConflict, "G003", "voting is not active"};
inline constexpr ErrorKind kQuorumNotMet{Category::kRule, "G004", "the quorum was not met"};
inline constexpr ErrorKind kProposalExpired{Category::kConflict, "G005", "the proposal has expired"};
inline constexpr ErrorKind kInvalidDelegation{Category::kRule, "G006", "the delegation is not valid"};
inline constexpr ErrorKind kNotAuthorised{Category::kForbidden, "G007", "not authorised"};
inline constexpr ErrorKind kProposalVetoed{Category::kConflict, "G008", "the proposal was vetoed"};
inline constexpr ErrorKind kTimelockActive{Category::kConflict, "G009", "the timelock has not ended"};
inline constexpr ErrorKind kAlreadyVetoed{Category::kConflict, "already_vetoed",
                                          "the member has vetoed the proposal already"};
inline constexpr ErrorKind kEmergencyOnly{Category::kRule, "G010", "only an emergency allows this"};

inline constexpr ErrorKind kWrongScope{Category::kRule, "wrong_scope",
                                       "what changes the network is decided by its own organisation"};
inline constexpr ErrorKind kEmergencyNotFound{Category::kNotFound, "emergency_not_found",
                                              "there is no such emergency"};
inline constexpr ErrorKind kEmergencyActive{Category::kConflict, "emergency_active",
                                            "an emergency that is on changes the same"};
inline constexpr ErrorKind kEmergencyPaused{Category::kConflict, "emergency_paused",
                                            "some time must lie between two uses of emergency powers"};
inline constexpr ErrorKind kAlreadyDeclared{Category::kConflict, "already_declared",
                                            "the member signed the declaration already"};
inline constexpr ErrorKind kBadScope{Category::kMalformed, "bad_scope", "there is no such kind of scope"};
inline constexpr ErrorKind kScopeNotFound{Category::kNotFound, "scope_not_found", "the scope has no members"};
inline constexpr ErrorKind kProposalNotFound{Category::kNotFound, "proposal_not_found",
                                             "there is no such proposal"};
inline constexpr ErrorKind kMemberNotFound{Category::kNotFound, "member_not_found",
                                           "there is no such member"};
inline constexpr ErrorKind kMemberExists{Category::kConflict, "member_exists", "is a member already"};
inline constexpr ErrorKind kMemberState{Category::kConflict, "member_state",
                                        "the member's status does not allow this"};
inline constexpr ErrorKind kNotEmpty{Category::kConflict, "scope_not_empty",
                                     "the scope has members: they decide who joins"};
inline constexpr ErrorKind kNotOperator{Category::kForbidden, "not_operator",
                                        "only the operator of the scope's organisation may do this"};
inline constexpr ErrorKind kTooFewFounders{Category::kRule, "too_few_founders",
                                           "an organisation needs more founders"};
inline constexpr ErrorKind kLastVoter{Category::kRule, "last_voter",
                                      "a scope keeps at least one member who may vote"};

inline constexpr ErrorKind kWrongState{Category::kConflict, "wrong_state",
                                       "the proposal's state does not allow this"};
// Nothing of what was asked for is due yet: `open`, `close` and `execute` only hasten what is.
inline constexpr ErrorKind kNotDue{Category::kConflict, "not_due", "the time for this has not come"};
inline constexpr ErrorKind kNotProposer{Category::kForbidden, "not_proposer",
                                        "only the proposer may do this"};
inline constexpr ErrorKind kAlreadySponsored{Category::kConflict, "already_sponsored",
                                             "the member sponsors the proposal already"};
inline constexpr ErrorKind kTooManySponsors{Category::kRule, "too_many_sponsors",
                                            "the proposal has all the sponsors it can have"};
inline constexpr ErrorKind kTooManyOpen{Category::kRule, "too_many_open", "too many proposals are open"};
// The detail names the bound.
inline constexpr ErrorKind kTooLax{Category::kRule, "too_lax",
                                   "the category demands longer periods or a stricter rule"};
inline constexpr ErrorKind kTooLong{Category::kRule, "too_long", "the period is too long"};
inline constexpr ErrorKind kWrongCategory{Category::kRule, "wrong_category",
                                          "an action does not belong into this category"};
inline constexpr ErrorKind kBadMethod{Category::kRule, "bad_method",
                                      "the voting method does not fit the proposal"};
inline constexpr ErrorKind kUnsupported{Category::kRule, "unsupported", "is not supported by this network"};
inline constexpr ErrorKind kBadAction{Category::kRule, "bad_action", "an action is not valid"};
inline constexpr ErrorKind kActionFailed{Category::kRule, "action_failed", "an action could not be done"};
inline constexpr ErrorKind kPoolTooSmall{Category::kRule, "pool_too_small",
                                         "the scope's pool holds less than is to be spent"};
inline constexpr ErrorKind kTooShort{Category::kRule, "too_short", "the text is too short"};

// Of ballots and delegations.
inline constexpr ErrorKind kStaleRevision{Category::kConflict, "stale_revision",
                                          "the ballot is for another revision of the proposal"};
inline constexpr ErrorKind kSealedVote{Category::kRule, "sealed_vote", "ballots of this vote are sealed"};
inline constexpr ErrorKind kNotSealed{Category::kRule, "not_sealed", "ballots of this vote are public"};
inline constexpr ErrorKind kNotCommitted{Category::kConflict, "not_committed",
                                         "there is no sealed ballot to reveal"};
inline constexpr ErrorKind kCommitmentDiffers{Category::kRule, "commitment_differs",
                                              "ballot and salt are not those of the commitment"};
inline constexpr ErrorKind kBallotNotFound{Category::kNotFound, "ballot_not_found",
                                           "there is no such ballot"};
inline constexpr ErrorKind kObjectionNotFound{Category::kNotFound, "objection_not_found",
                                              "there is no such objection"};
inline constexpr ErrorKind kObjectionWithdrawn{Category::kConflict, "objection_withdrawn",
                                               "the objection was withdrawn"};
inline constexpr ErrorKind kDisputeNotFound{Category::kNotFound, "dispute_not_found",
                                            "there is no such dispute"};
inline constexpr ErrorKind kTooSmall{Category::kRule, "too_small", "the value is too small for a dispute"};
inline constexpr ErrorKind kTooMuchEvidence{Category::kRule, "too_much_evidence",
                                            "the dispute has all the evidence it can have"};
inline constexpr ErrorKind kNotClosed{Category::kConflict, "not_closed", "the vote is not counted yet"};
inline constexpr ErrorKind kDelegationNotFound{Category::kNotFound, "delegation_not_found",
                                               "there is no such delegation"};
inline constexpr ErrorKind kTooManyDelegations{Category::kRule, "too_many_delegations",
                                               "too many delegations are in force"};

inline constexpr ErrorKind kBroken{Category::kInternal, "governance_broken",
                                   "a rule of governance is broken"};

}  // namespace icn::governance
