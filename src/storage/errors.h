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
// The log met a full disk. Nothing of this batch was tried, and none will be until the store is opened again;
// there is room for that now.
inline constexpr ErrorKind kMustReopen{Category::kUnavailable, "storage_must_reopen",
                                       "the store must be opened again"};
// After a failed sync the store was opened again and the batch is not in it. It may be sent again.
inline constexpr ErrorKind kNotApplied{Category::kUnavailable, "not_applied", "the write did not happen"};
// A row that no engine takes (key too long). Nothing of the batch is visible.
inline constexpr ErrorKind kBadRow{Category::kInternal, "storage_bad_row", "the row cannot be stored"};
// The folder belongs to another program, a newer schema, or a running node. Nothing was touched.
inline constexpr ErrorKind kForeignFolder{Category::kInternal, "storage_foreign",
                                          "the folder is not an ICN store"};
inline constexpr ErrorKind kNewerSchema{Category::kInternal, "storage_newer_schema",
                                        "the store was written by a newer version"};
inline constexpr ErrorKind kOlderSchema{Category::kInternal, "storage_older_schema",
                                        "the store was written by an older version"};
inline constexpr ErrorKind kLocked{Category::kInternal, "storage_locked", "another process uses this folder"};
// This process may not write to the folder.
inline constexpr ErrorKind kNotWritable{Category::kInternal, "storage_not_writable",
                                        "the folder cannot be written"};

}  // namespace icn::storage
