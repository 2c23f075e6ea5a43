#pragma once

#include "base/result.h"

// Errors that belong to no domain. A domain's own stand in `<domain>/errors.h`.
namespace icn::errors {

inline constexpr ErrorKind kMalformed{Category::kMalformed, "malformed", "malformed input"};
inline constexpr ErrorKind kUnauthenticated{Category::kUnauthenticated, "unauthenticated",
                                            "no or bad credentials"};
inline constexpr ErrorKind kForbidden{Category::kForbidden, "forbidden", "not allowed"};
inline constexpr ErrorKind kNotFound{Category::kNotFound, "not_found", "not found"};
inline constexpr ErrorKind kConflict{Category::kConflict, "conflict", "wrong state or duplicate"};
inline constexpr ErrorKind kTooLarge{Category::kTooLarge, "too_large", "too large"};
inline constexpr ErrorKind kRuleBroken{Category::kRule, "rule_broken", "a rule does not allow this"};
inline constexpr ErrorKind kRateLimited{Category::kRateLimited, "rate_limited", "too many requests"};
inline constexpr ErrorKind kInternal{Category::kInternal, "internal", "internal error"};
inline constexpr ErrorKind kUnavailable{Category::kUnavailable, "unavailable", "not ready"};
inline constexpr ErrorKind kStorageFull{Category::kStorageFull, "storage_full", "storage is full"};

}  // namespace icn::errors
