#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "devnet/world.h"
#include "mesh/spec.h"

namespace icn::devnet {

// The jobs of a workload, taken in turn.
//   echo      returns its first argument: what the guide's figures are of
//   examples  echo, patronage_refund, route_order and thumbnail of examples/jobs, each with a small
//             input; the modules are read from `programs`, put on the first node as public blocks
//             and fetched from there by the others
//   mix       both, half and half
// Errors: not_found (a module is not in `programs`), unavailable (a node did not take or fetch it).
Result<std::vector<mesh::JobSpec>> prepare_workload(const std::string& name, const World& world,
                                                    const std::filesystem::path& programs);

// Puts public content on the first node and lets the others fetch it from there. unavailable
Result<codec::Cid> spread_content(const World& world, const std::string& content);

}  // namespace icn::devnet
