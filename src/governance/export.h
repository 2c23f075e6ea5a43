#pragma once

#include "identity/export.h"

namespace icn::governance {

// Part "governance" of a DID's archive: {memberships, proposals}: what it is or was a member of, and the
// proposals it made, newest first, kExportProposalsMax at most. Each proposal is a block of its own.
identity::ExportPart governance_export();

inline constexpr std::size_t kExportProposalsMax = 10'000;

}  // namespace icn::governance
