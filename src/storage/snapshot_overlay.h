#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "storage/layout.h"
#include "storage/ordered_bytes.h"

// Frozen snapshots above an engine that has none (memory; sled, whose iterators see later writes).
// Before the writer applies a batch it hands each open snapshot the old form of what it is about to
// change; a snapshot reads the engine first and then lets the old forms it was given win. In that order
// no lock between reader and writer is needed: a change seen below has its old form here already.
namespace icn::storage {

class FrozenBytes;

class SnapshotOverlay {
 public:
  // The old form of an entry; none: there is no such entry.
  using OldForm = std::function<Result<std::optional<Bytes>>(ByteView key)>;

  // A view of `below` as it is now. Not between before_write and the end of that write: the caller's
  // lock sees to it. `below` must outlive the snapshot. Cheap; it costs later writes while it is open.
  std::shared_ptr<const OrderedBytes> open(const OrderedBytes& below);

  // Whether a snapshot is open. Thread: the one writer, in the caller's lock.
  bool is_open();

  // Called by the one writer before it applies `changes`. Asks `old_form` only while snapshots are open.
  // An error leaves the open snapshots correct; the write must then not be applied.
  Result<void> before_write(const std::vector<Change>& changes, const OldForm& old_form);

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<FrozenBytes>> open_;
};

}  // namespace icn::storage
