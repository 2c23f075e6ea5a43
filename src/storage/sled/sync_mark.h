#pragma once

#include <cstdint>

#include "base/result.h"
#include "storage/folder_guard.h"

// Inside this folder only.
namespace icn::storage {

inline constexpr std::string_view kSyncMarkName = "ICN_SYNCED";

// Damage of the newest part of sled's log looks to sled like writes that a crash cut off, and it drops them.
// So each sync gets a number that is written to the tree, and once it is durable there to this file: a tree
// whose number is smaller has lost what was durable. The file is not synced itself: an older number in it is
// true as well.
//   file := number number-inverted        both u64, big-endian
class SyncMark {
 public:
  // The file of the folder; made, and durable, when the folder is fresh. Errors: kCorrupt (missing or
  // damaged), kInputOutput, kFull.
  static Result<SyncMark> open(FolderGuard& guard);

  SyncMark(SyncMark&& other) noexcept;
  SyncMark& operator=(SyncMark&&) = delete;
  ~SyncMark();

  // Of the newest sync that is known to be durable.
  std::uint64_t number() const { return number_; }
  // What went wrong; empty: noted.
  std::string note(std::uint64_t number);

 private:
  SyncMark(int file, std::uint64_t number) : file_(file), number_(number) {}

  int file_;
  std::uint64_t number_;
};

}  // namespace icn::storage
