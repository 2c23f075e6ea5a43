#pragma once

#include "identity/export.h"

namespace icn::economics {

// Part "mana" of a DID's archive: {account?, pages, resume?}. `account` as it stands since its last entry;
// each page a block {items} of history items, newest first, kExportItemsMax in all; `resume`: the seq below
// which GET /economics/mana/history goes on.
identity::ExportPart mana_export();

inline constexpr std::size_t kExportItemsMax = 20'000;

}  // namespace icn::economics
