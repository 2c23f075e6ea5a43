#pragma once

#include "mesh/bidder_facts.h"

namespace icn::federation {

// mesh::FindAffiliation by the register of members. A node is in the federation when its DID acts for a
// member (its operator_did), and the federation is called by the network's id. A job is of its submitter and
// of its coordinator, the node it was given to. Affinity: 1 when one of them is in the federation as the
// executor is; 0.5 when one of them, or the member it acts for, trusts the executor or the member that acts
// for in kPartial or more, in an edge of its own in one of the contexts kGeneral, kResourceSharing and
// kInfrastructure; else 0. Reads the ledger alone. Source: domain.md 7.
Result<mesh::Affiliation> find_affiliation(const ledger::Reader& state, std::string_view network,
                                           const mesh::Job& job, const Did& executor);

}  // namespace icn::federation
