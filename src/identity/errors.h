#pragma once

#include "base/errors.h"

// How an identity operation can fail. Codes with a number are those of domain.md 3.
namespace icn::identity {

inline constexpr ErrorKind kInvalidDid{Category::kMalformed, "I001", "invalid DID"};
inline constexpr ErrorKind kKeyRevoked{Category::kForbidden, "I002", "the key was revoked"};
inline constexpr ErrorKind kRecoveryFailed{Category::kConflict, "I006", "the recovery cannot succeed"};
inline constexpr ErrorKind kThresholdNotMet{Category::kConflict, "I010",
                                            "not enough guardians have approved it"};
inline constexpr ErrorKind kProofInvalid{Category::kRule, "I007", "the proof of possession is not valid"};

inline constexpr ErrorKind kUnsupportedMethod{Category::kRule, "unsupported_did_method",
                                              "a DID method this node does not resolve"};
inline constexpr ErrorKind kDidNotFound{Category::kNotFound, "did_not_found", "no such DID"};
inline constexpr ErrorKind kVersionNotFound{Category::kNotFound, "did_version_not_found",
                                            "the DID has no such version"};
inline constexpr ErrorKind kDidExists{Category::kConflict, "did_exists", "the DID exists already"};
inline constexpr ErrorKind kDidDeactivated{Category::kConflict, "did_deactivated",
                                           "the DID was deactivated for ever"};
inline constexpr ErrorKind kCannotChange{Category::kRule, "did_cannot_change",
                                         "a DID of this method cannot change"};
inline constexpr ErrorKind kKeyUsedBefore{Category::kConflict, "key_used_before",
                                          "the DID has or had this key already"};
inline constexpr ErrorKind kBadService{Category::kMalformed, "bad_service", "not a valid service"};
inline constexpr ErrorKind kServiceNotFound{Category::kNotFound, "service_not_found",
                                            "the DID has no such service"};
inline constexpr ErrorKind kTooManyServices{Category::kRule, "too_many_services",
                                            "a DID has at most 16 services"};
inline constexpr ErrorKind kTooManyOperations{Category::kRateLimited, "too_many_identity_operations",
                                              "the sender changed too many DIDs within the hour"};

// Of guardians.
inline constexpr ErrorKind kBadGuardians{Category::kMalformed, "bad_guardians", "not valid guardians"};
inline constexpr ErrorKind kNotRecoverable{Category::kRule, "not_recoverable",
                                           "only people and organisations have guardians"};
inline constexpr ErrorKind kNotGuardian{Category::kForbidden, "not_guardian",
                                        "only a guardian of the DID may do this"};
inline constexpr ErrorKind kRecoveryExists{Category::kConflict, "recovery_exists",
                                           "this key was asked for already: approve that"};
inline constexpr ErrorKind kRecoveryNotFound{Category::kNotFound, "recovery_not_found",
                                             "no recovery to this key is under way"};
inline constexpr ErrorKind kRecoveryState{Category::kConflict, "recovery_state",
                                          "the recovery is not in the state this needs"};
inline constexpr ErrorKind kDidFrozen{Category::kForbidden, "did_frozen", "the DID's keys are frozen"};

// Of devices, services and ephemeral DIDs.
inline constexpr ErrorKind kNotAThing{Category::kRule, "not_a_thing",
                                      "only devices, services and ephemeral DIDs have controllers"};
inline constexpr ErrorKind kBadControllers{Category::kMalformed, "bad_controllers", "not valid controllers"};
inline constexpr ErrorKind kHasControllers{Category::kForbidden, "has_controllers", "its controllers decide"};
inline constexpr ErrorKind kNotController{Category::kForbidden, "not_controller",
                                          "only a controller may do this"};

// Of did:web.
inline constexpr ErrorKind kDidUnreachable{Category::kUnavailable, "did_unreachable",
                                           "the document of the DID could not be read"};
inline constexpr ErrorKind kBadDidDocument{Category::kRule, "bad_did_document",
                                           "what lies at the DID's address is not its document"};
inline constexpr ErrorKind kWebNeedsCaller{Category::kUnauthenticated, "web_needs_caller",
                                           "documents of others are read for known callers only"};

// Keys the node keeps.
inline constexpr ErrorKind kKeyNotKept{Category::kForbidden, "key_not_kept",
                                       "the node keeps no key for this caller and DID"};
inline constexpr ErrorKind kKeyExported{Category::kConflict, "key_already_exported",
                                        "the key was exported before"};
inline constexpr ErrorKind kNeedsCaller{Category::kUnauthenticated, "needs_caller",
                                        "the node keeps keys for known callers only"};

// Of a DID another ledger made.
inline constexpr ErrorKind kBadDidHistory{Category::kRule, "bad_did_history",
                                          "the history of a DID does not hold"};

}  // namespace icn::identity
