#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/result.h"

// Inside this folder only.
namespace icn::storage {

// Makes durable what sled has handed to the kernel. sled's own flush waits for the data of its log alone
// (sync_file_range): neither the size of the file nor the disk's cache, and of the files beside the log,
// where it keeps what is too large for it, nothing. Thread: one at a time.
class SledFiles {
 public:
  // `folder` is one that sled has open. Syncs all it holds: after a failed sync it may be in memory only.
  // Errors: kInputOutput.
  static Result<SledFiles> open(const std::filesystem::path& folder, std::function<int(int)> sync_file);

  SledFiles(SledFiles&& other) noexcept;
  SledFiles& operator=(SledFiles&&) = delete;
  ~SledFiles();

  // What went wrong; empty: everything sled had written before the call is durable.
  std::string sync();

  // From now on sled's own descriptor of the log only reads; its writes fail. Thread: any.
  void take_log_from_writers() const;

 private:
  SledFiles(std::filesystem::path folder, int log, std::function<int(int)> sync_file)
      : folder_(std::move(folder)), log_(log), sync_file_(std::move(sync_file)) {}
  std::string sync_large_values();
  std::string sync_value(const std::string& name);

  std::filesystem::path folder_;
  int log_;
  std::function<int(int)> sync_file_;  // empty: fdatasync()
  std::set<std::string> whole_;        // large values that are synced and no longer change
  std::map<std::string, std::int64_t>
      young_;                   // with their size when they were synced: may have been half written then
  std::timespec seen_{};        // when the folder had changed last when it was read
  bool is_seen_whole_ = false;  // what is made later changes that time
};

}  // namespace icn::storage
