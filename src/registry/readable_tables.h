#pragma once

#include <string>
#include <vector>

#include "storage/readable.h"

namespace icn::registry {

// What SQL engines show as JSON beside its bytes: all typed tables of the ledger and of the node, but those
// of `bytes_only_tables`.
storage::ReadableTables readable_tables();

// Names of tables that are shown as bytes: large and of no use in a query, or nobody's business.
const std::vector<std::string>& bytes_only_tables();

}  // namespace icn::registry
