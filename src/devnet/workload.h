#pragma once

#include <string>
#include <vector>

#include "mesh/spec.h"

namespace icn::devnet {

// The jobs of a workload, taken in turn.
//   echo   returns its first argument: what the guide's figures are of
std::vector<mesh::JobSpec> workload_specs(const std::string& name);

}  // namespace icn::devnet
