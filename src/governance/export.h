#pragma once

#include "identity/export.h"

namespace icn::governance {

// Part "governance" of a DID's archive, rows of docs/formats/governance.md, each list newest first:
//   memberships    what it is or was a member of
//   proposals      those it made, kExportProposalsMax at most; their texts come along
//   ballots        {vote, ballot}: its newest one in each of the newest kExportProposalsMax votes
//   objections     likewise, of votes by consent
//   delegations    those it gave and those it got
//   disputes       that it is a party of or gave evidence in, of the newest kExportProposalsMax; texts come
//   along dispute_votes  {dispute, vote}: what it found in others
// Proposals, ballots, delegations and disputes are blocks of their own.
identity::ExportPart governance_export();

inline constexpr std::size_t kExportProposalsMax = 10'000;

}  // namespace icn::governance
