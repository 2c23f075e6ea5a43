#pragma once

#include "cli/command.h"
#include "cli/session.h"

namespace icn::cli {

// The verbs of `icn federation` that ask a running node: its life, members and validators.
void define_federation_life(Command& command, Session& session);

// Those about the engines of other nodes.
void define_federation_peers(Command& command, Session& session);

}  // namespace icn::cli
