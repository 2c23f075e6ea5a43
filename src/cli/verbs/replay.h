#pragma once

#include "cli/command.h"
#include "cli/session.h"

namespace icn::cli {

// `icn ledger replay`: a federation's blocks through the executor of a node alone.
void define_replay(Command command, Session& session);

}  // namespace icn::cli
