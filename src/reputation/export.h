#pragma once

#include "identity/export.h"

namespace icn::reputation {

// Part "reputation" of a DID's archive: {standing, pages, appeals}: its standing, blocks {items: [{number,
// event}]} of what moved it, newest first, kExportEventsMax in all, and its appeals, whose reasons come
// along.
identity::ExportPart reputation_export();

inline constexpr std::size_t kExportEventsMax = 20'000;

}  // namespace icn::reputation
