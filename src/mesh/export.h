#pragma once

#include "identity/export.h"

namespace icn::mesh {

// Part "jobs" of a DID's archive: {submitted}: the jobs it submitted, newest first, kExportJobsMax at most,
// each a block of its own; their receipts come along. Inputs and results are content: `icn dag export CID`.
identity::ExportPart jobs_export();

inline constexpr std::size_t kExportJobsMax = 10'000;

}  // namespace icn::mesh
