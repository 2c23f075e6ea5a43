#pragma once

#include <vector>

#include "identity/export.h"

namespace icn::node {

// What each domain holds of one DID, for its export.
std::vector<identity::ExportPart> export_parts();

}  // namespace icn::node
