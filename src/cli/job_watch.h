#pragma once

#include <string>

#include "cli/session.h"

namespace icn::cli {

// Follows a job to its end: its log to standard output, how far it is to standard error. With --json one
// chunk of GET /mesh/jobs/{id}/stream a line. A job that did not complete: kNotMet.
void watch_job(Session& session, const std::string& job_id);

}  // namespace icn::cli
