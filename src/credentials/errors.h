#pragma once

#include "base/errors.h"

// How something about a credential can fail. Codes with a number are those of domain.md 3.
namespace icn::credentials {

inline constexpr ErrorKind kExpired{Category::kRule, "I003", "the credential is not valid at this time"};
inline constexpr ErrorKind kBadSignature{Category::kRule, "I004", "the signature is not valid"};
inline constexpr ErrorKind kNotAuthorised{Category::kForbidden, "I005", "not authorised to issue"};
inline constexpr ErrorKind kProofInvalid{Category::kRule, "I007", "the proof is not valid"};
inline constexpr ErrorKind kStatusUnknown{Category::kRule, "I008", "the revocation state is unknown"};

inline constexpr ErrorKind kBadCredential{Category::kMalformed, "bad_credential", "not a valid credential"};
inline constexpr ErrorKind kBadPresentation{Category::kMalformed, "bad_presentation",
                                            "not a valid presentation"};
inline constexpr ErrorKind kUnsupportedProof{Category::kRule, "unsupported_proof",
                                             "a kind of proof this node does not know"};
inline constexpr ErrorKind kBadSchema{Category::kMalformed, "bad_schema", "not a schema this node can hold"};
inline constexpr ErrorKind kClaimsRefused{Category::kRule, "claims_refused",
                                          "the claims do not fit the schema"};
inline constexpr ErrorKind kBadStatusList{Category::kRule, "bad_status_list", "not a valid status list"};
inline constexpr ErrorKind kNotDisclosable{Category::kRule, "not_disclosable",
                                           "the credential has no such claim to disclose"};
inline constexpr ErrorKind kNotSealedForKey{Category::kForbidden, "not_sealed_for_key",
                                            "the key does not open this"};

// Of the ledger.
inline constexpr ErrorKind kSchemaExists{Category::kConflict, "schema_exists", "the schema exists already"};
inline constexpr ErrorKind kSchemaNotFound{Category::kNotFound, "schema_not_found", "no such schema"};
inline constexpr ErrorKind kCredentialExists{Category::kConflict, "credential_exists",
                                             "the credential was issued already"};
inline constexpr ErrorKind kCredentialNotFound{Category::kNotFound, "credential_not_found",
                                               "no such credential"};
inline constexpr ErrorKind kSeveralIssuers{Category::kConflict, "several_issuers",
                                           "several issuers anchored this CID: name one"};
inline constexpr ErrorKind kStatusIndexTaken{Category::kConflict, "status_index_taken",
                                             "another credential has this place in the status list"};
inline constexpr ErrorKind kStatusListNotFound{Category::kNotFound, "status_list_not_found",
                                               "no such status list"};
inline constexpr ErrorKind kTooManyCredentials{Category::kRule, "too_many_credentials",
                                               "a DID holds at most 1,000 credentials"};
inline constexpr ErrorKind kNotRevocableBy{Category::kForbidden, "not_revocable_by",
                                           "neither the issuer nor named as who may revoke"};
inline constexpr ErrorKind kAlreadyRevoked{Category::kConflict, "already_revoked",
                                           "the credential was revoked for ever"};
inline constexpr ErrorKind kWrongStatus{Category::kConflict, "wrong_status",
                                        "the credential is not in the state this changes"};
inline constexpr ErrorKind kNotHolder{Category::kForbidden, "not_holder", "only its holder may do this"};
inline constexpr ErrorKind kUsedUp{Category::kRule, "used_up",
                                   "the credential was used as often as it may be"};
inline constexpr ErrorKind kDisclosureExists{Category::kConflict, "disclosure_exists",
                                             "the disclosure was anchored already"};

}  // namespace icn::credentials
