#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/log.h"
#include "storage/folder_guard.h"
#include "storage/store.h"

namespace icn::storage {

struct SledOptions {
  std::uint64_t cache_capacity_bytes = std::uint64_t{1} << 30;  // pages in memory
  std::uint64_t flush_every_ms = 1000;  // what was written is synced by itself; 0: never
  int compression_factor = 4;           // Zstandard level, 1 to 22; 0: none
  // Writes after which less may be free on the disk are refused with kFull.
  std::uint64_t free_space_min_bytes = 16 << 20;
  // After which a sync that does not end has failed.
  std::chrono::milliseconds sync_timeout = std::chrono::seconds(60);
  // For tests, in the place of fdatasync() of sled's log.
  std::function<int(int file)> sync = {};
};

// sled in `folder`/sled, in the layout of layout.h, guarded by folder_guard.h. Whether its pages are
// compressed stays as the store was made.
//
// write(kBuffered) puts a batch into sled's buffers, which reach the disk after flush_every_ms at the latest;
// flush() syncs, from any thread. Threads that write(kSynced) at the same time share syncs. What a store
// shows after open() is durable: open() syncs its files. A write or sync that failed: kSyncFailed, and every
// later write kMustReopen, or kFull while there is no room for that. Damage: sled checks a sum over
// everything it reads (kCorrupt, or kInputOutput when it gives up). A log that has lost its newest synced
// writes is found by sync_mark.h (kCorrupt). Of a store that was not closed but killed, a damaged place in
// the middle of what was written since it was opened may be left out without a word: `icn ledger verify`
// finds what the chain misses then.
class SledEngine final : public Engine {
 public:
  SledEngine(std::filesystem::path folder, SledOptions options, std::shared_ptr<Log> log,
             std::vector<Migration> migrations = {});
  ~SledEngine() override;
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

 private:
  std::filesystem::path folder_;
  SledOptions options_;
  std::shared_ptr<Log> log_;
  std::vector<Migration> migrations_;
};

}  // namespace icn::storage
