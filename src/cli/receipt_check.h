#pragma once

#include <string>

#include "cli/session.h"

namespace icn::cli {

// Runs the job of a receipt again on this machine and says whether the receipt holds; if not: kNotMet.
// `what`: a file with the receipt (its JSON, the answer of GET /mesh/jobs/{id}, or its DAG-CBOR block), the
// receipt's CID, or the id of its job. Spec, module and inputs come from the node and are held against their
// CIDs. `submitter`: needed only for a job the node does not know.
void check_receipt(Session& session, const std::string& what, const std::string& submitter);

}  // namespace icn::cli
