#pragma once

#include "cli/command.h"
#include "cli/session.h"

namespace icn::cli {

// Each verb's file defines one of these: it adds the options and what the verb does.
#define VERB(name, define, doc) void define(Command command, Session& session);
#include "cli/verbs.def"
#undef VERB

}  // namespace icn::cli
