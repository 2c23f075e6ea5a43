#pragma once

#include "cli/command.h"
#include "cli/session.h"

namespace icn::cli {

// `icn vote objection`: objections to votes by consent.
void define_objections(Command command, Session& session);

}  // namespace icn::cli
