#pragma once

#include "base/log.h"
#include "base/result.h"

namespace icn::storage {

// The server cannot be reached, ended the connection, has none to give, or did not answer in time. Of a
// write: nothing of the batch is visible. The same may succeed later.
inline constexpr ErrorKind kAway{Category::kUnavailable, "storage_unavailable",
                                 "the database does not answer"};

namespace postgresql {

// An error as clients of a node may read it: what libpq says of a server that is away names its host and
// port, so that goes to the log. Others stay as they are.
Error without_address(const Error& error, Log& log);

}  // namespace postgresql
}  // namespace icn::storage
