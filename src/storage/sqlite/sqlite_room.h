#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "storage/sqlite/sqlite_writer.h"

// Inside this folder only.
namespace icn::storage {

// Whether the disk has room for a batch and for what the log will still add to the database. Where there is
// little, the log is emptied and its room given back, also for those who ask only. Thread: that of the
// writer.
class SqliteRoom {
 public:
  // free_space_min_bytes: what stays free; 0: nothing is looked at.
  SqliteRoom(std::filesystem::path folder, std::uint64_t free_space_min_bytes, SqliteWriter& writer)
      : folder_(std::move(folder)), free_space_min_bytes_(free_space_min_bytes), writer_(writer) {}

  // Before a batch of `size_bytes`; looks at the disk once a mebibyte, or each time where there is little.
  // kFull: there is no room. Other errors: of the writer.
  Result<void> check(std::uint64_t size_bytes);
  // The same, and always looks.
  Result<void> look(std::uint64_t size_bytes);

 private:
  bool is_time_to_empty();
  Result<void> empty_when_scarce(std::uint64_t wanted_bytes);
  std::uint64_t free_bytes() const;

  const std::filesystem::path folder_;
  const std::uint64_t free_space_min_bytes_;
  SqliteWriter& writer_;
  std::uint64_t unchecked_bytes_ = 0;   // written since free space was looked at
  std::uint64_t looked_log_bytes_ = 0;  // of the log then
  bool has_room_ = false;
  std::uint64_t available_bytes_ = 0;  // of the last look
  std::uint64_t growth_bytes_ = 0;     // at most
  std::chrono::steady_clock::time_point emptied_at_ = {};
};

}  // namespace icn::storage
