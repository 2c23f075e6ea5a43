#pragma once

#include <string>

#include "devnet/run.h"

namespace icn::devnet {

// One page with nothing outside of it: the rows, and plots over time of jobs, their times, finality, memory
// and processor.
std::string html_report(const RunResult& result, const Report& report);

}  // namespace icn::devnet
