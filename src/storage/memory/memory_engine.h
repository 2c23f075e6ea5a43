#pragma once

#include <memory>

#include "storage/store.h"

namespace icn::storage {

// Keeps everything in this process and nothing on disk: for development and tests. The contents live as
// long as the engine, so a store closed and opened again finds them. One store at a time (else kLocked).
//
// One table (memory_table.h) under one shared_mutex: a batch that must be sorted is so before the lock is
// taken, a scan copies 16 to 256 rows per lock, so nobody holds it longer than one batch takes to apply
// (about 0.5 us a row). A copy-on-write tree would free readers of that too, at several times the cost per
// write. Snapshots: snapshot_overlay.h; an open one makes later writes copy what they overwrite. Both
// durabilities mean the same here. Errors: kBadRow, kLocked.
class MemoryEngine final : public Engine {
 public:
  MemoryEngine();
  ~MemoryEngine() override;
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

 private:
  class Data;
  std::shared_ptr<Data> data_;
};

}  // namespace icn::storage
