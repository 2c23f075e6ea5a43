#pragma once

#include "base/errors.h"

// How a request can fail before a handler sees it.
namespace icn::http {

inline constexpr ErrorKind kRouteNotFound{Category::kNotFound, "route_not_found", "no such path"};
inline constexpr ErrorKind kBadRequest{Category::kMalformed, "bad_request", "not a valid HTTP request"};
inline constexpr ErrorKind kWrongContentType{Category::kMalformed, "wrong_content_type",
                                             "the body has another content type than this path takes"};
inline constexpr ErrorKind kBodyTooLarge{Category::kTooLarge, "body_too_large",
                                         "the body is larger than this path takes"};
inline constexpr ErrorKind kMemoryInUse{Category::kUnavailable, "memory_in_use",
                                        "callers without credentials hold all the memory they may"};
inline constexpr ErrorKind kBadCredentials{Category::kUnauthenticated, "bad_credentials",
                                           "the credentials are not valid"};
inline constexpr ErrorKind kNoCredentials{Category::kUnauthenticated, "no_credentials",
                                          "this path needs credentials"};
inline constexpr ErrorKind kRoleTooLow{Category::kForbidden, "role_too_low",
                                       "the caller's role does not allow this path"};
inline constexpr ErrorKind kTooManyRequests{Category::kRateLimited, "rate_limited",
                                            "too many requests from this address"};
inline constexpr ErrorKind kTooManyFailures{Category::kRateLimited, "too_many_failed_signatures",
                                            "too many failed credentials from this address"};
inline constexpr ErrorKind kKeyReused{Category::kConflict, "idempotency_key_reused",
                                      "this Idempotency-Key came with another body before"};
inline constexpr ErrorKind kKeyInProgress{Category::kConflict, "idempotency_in_progress",
                                          "the first request with this Idempotency-Key is still running"};
inline constexpr ErrorKind kInvitationUnknown{Category::kNotFound, "invitation_unknown",
                                              "no invitation has this code, or it was withdrawn"};
inline constexpr ErrorKind kInvitationUsed{Category::kConflict, "invitation_used",
                                           "the invitation was accepted before"};
inline constexpr ErrorKind kInvitationExpired{Category::kConflict, "invitation_expired",
                                              "the invitation has expired; ask for another one"};
inline constexpr ErrorKind kInvitationInProgress{Category::kConflict, "invitation_in_progress",
                                                 "the invitation is being accepted or revoked just now"};
inline constexpr ErrorKind kStopping{Category::kUnavailable, "stopping", "the node is stopping"};
inline constexpr ErrorKind kBadCursor{Category::kMalformed, "bad_cursor", "the cursor is not from this node"};

// A gateway.
inline constexpr ErrorKind kLeaderUnreachable{Category::kUnavailable, "leader_unreachable",
                                              "the node that writes cannot be reached"};
inline constexpr ErrorKind kOutcomeUnknown{Category::kUnavailable, "outcome_unknown",
                                           "the node that writes did not answer"};
inline constexpr ErrorKind kGatewayBusy{Category::kUnavailable, "gateway_busy",
                                        "too many requests are being passed on"};

// The server itself.
inline constexpr ErrorKind kListenFailed{Category::kInternal, "listen_failed", "cannot listen"};
inline constexpr ErrorKind kPublicWithoutTls{Category::kInternal, "public_without_tls",
                                             "a public address needs TLS"};
inline constexpr ErrorKind kTlsFiles{Category::kInternal, "tls_files",
                                     "the TLS certificate or key cannot be used"};

// The client.
inline constexpr ErrorKind kUnreachable{Category::kUnavailable, "unreachable", "the node cannot be reached"};
inline constexpr ErrorKind kTimedOut{Category::kUnavailable, "timed_out", "no answer in time"};
inline constexpr ErrorKind kBadResponse{Category::kInternal, "bad_response", "not a valid HTTP response"};

}  // namespace icn::http
