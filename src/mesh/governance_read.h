#pragma once

#include <string>

#include "ledger/tables.h"

// What a job sees of the cooperative's decisions. Source: domain.md 8 `get_governance_state`.
// Format: docs/formats/job.md.
namespace icn::mesh {

inline constexpr std::size_t kScopesShownMax = 100;

// JSON of the proposal `id`: {proposal_id, scope, state, category, voting_method, privacy, revision, round,
// proposer_did, content_cid, created_at, changed_at, eligible_count, result?, failure?}. Without an id of the
// network: {scopes: [{scope, members, voters, open_proposals, proposals}]}, the first 100 by name.
// proposal_not_found; errors of storage.
Result<std::string> governance_state(const ledger::Reader& state, const std::string& id);

}  // namespace icn::mesh
