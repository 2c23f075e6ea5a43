#pragma once

#include "base/result.h"

namespace icn::backup {

// A piece of a backup is not what its listing says, or its end is missing. The detail names it.
inline constexpr ErrorKind kDamaged{Category::kInternal, "backup_damaged", "the backup is damaged"};
// Made by a newer version, or of tables this program does not know.
inline constexpr ErrorKind kNewer{Category::kInternal, "backup_newer", "the backup is of a newer version"};
// The backup's folder could not be read or written.
inline constexpr ErrorKind kFolder{Category::kInternal, "backup_folder",
                                   "the backup's folder cannot be used"};
// Another process writes to the same backup folder.
inline constexpr ErrorKind kInUse{Category::kConflict, "backup_in_use",
                                  "another backup is being written there"};

// The ledger of a federation's node: its engine's blocks, which no backup holds, would not fit it.
inline constexpr ErrorKind kOfFederation{Category::kConflict, "backup_of_federation",
                                         "the ledger of a federation comes from its other nodes"};

}  // namespace icn::backup
