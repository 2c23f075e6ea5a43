#pragma once

#include "base/result.h"
#include "cli/exit_code.h"

namespace icn::cli {

// What a program that watches over a node can tell apart of what keeps a data folder or its keys from being
// opened; else kFailed.
ExitCode exit_code_of(const Error& error);

}  // namespace icn::cli
