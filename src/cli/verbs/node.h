#pragma once

#include "cli/session.h"

namespace icn::cli {

// icn node [--config FILE] [--check] [--setting=value ...]
void define_node(CLI::App& app, Session& session);

}  // namespace icn::cli
