#pragma once

#include <optional>

#include "cli/session.h"
#include "codec/json.h"

// A cooperative's entry in the directory. Failures have been said when nothing is answered.
namespace icn::cli {

// Enters `profile` (an object; its `did` is who acts when absent) and answers what the node says of it. With
// --key it is signed here and kept as a block of the cooperative's, else by a node that keeps its key.
std::optional<codec::Json> register_profile(Session& session, codec::Json profile);

}  // namespace icn::cli
