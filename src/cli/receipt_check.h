#pragma once

#include <string>

#include "cli/session.h"

namespace icn::cli {

// icn job verify JOB: takes the job's receipt and blocks from the node, runs the job again on this machine,
// and compares. kNotMet: the receipt does not hold.
void check_receipt(Session& session, const std::string& job_id);

}  // namespace icn::cli
