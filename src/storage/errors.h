#pragma once

#include "base/result.h"

namespace icn::storage {

// The engine could not read or decode what it had stored. Stop using the store.
inline constexpr ErrorKind kCorrupt{Category::kInternal, "storage_corrupt", "stored data is damaged"};
// A read or write failed for another reason. Nothing of the batch is visible.
inline constexpr ErrorKind kInputOutput{Category::kInternal, "storage_io",
                                        "the disk could not be read or written"};
// No room. Nothing of the batch is visible; the same write may succeed once there is room.
inline constexpr ErrorKind kFull{Category::kStorageFull, "storage_full", "storage is full"};
// A sync failed: whether the batch is durable is unknown. Never retry; close, open again, look.
inline constexpr ErrorKind kSyncFailed{Category::kUnavailable, "outcome_unknown",
                                       "the disk did not confirm the write"};
// A row that no engine takes (key too long). Nothing of the batch is visible.
inline constexpr ErrorKind kBadRow{Category::kInternal, "storage_bad_row", "the row cannot be stored"};
// The folder belongs to another program, a newer schema, or a running node. Nothing was touched.
inline constexpr ErrorKind kForeignFolder{Category::kInternal, "storage_foreign",
                                          "the folder is not an ICN store"};
inline constexpr ErrorKind kNewerSchema{Category::kInternal, "storage_newer_schema",
                                        "the store was written by a newer version"};
inline constexpr ErrorKind kLocked{Category::kInternal, "storage_locked", "another process uses this folder"};

}  // namespace icn::storage
