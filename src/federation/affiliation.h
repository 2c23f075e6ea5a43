#pragma once

#include "mesh/bidder_facts.h"

namespace icn::federation {

// mesh::FindAffiliation by the register of members. A node is in the federation when its DID acts for a
// member (its operator_did), and the federation is called by the network's id. Reads the ledger alone.
Result<mesh::Affiliation> find_affiliation(const ledger::Reader& state, std::string_view network,
                                           const mesh::Job& job, const Did& executor);

}  // namespace icn::federation
