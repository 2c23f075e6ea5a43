#pragma once

#include "cli/command.h"
#include "cli/session.h"

namespace icn::cli {

// The verbs of `icn did` about guardians, recovery and controllers, and about what stands under a DID.
void define_did_care(Command& command, Session& session);

}  // namespace icn::cli
