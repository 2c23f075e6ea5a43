#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/store.h"

// Every disk engine claims its folder before it touches anything in it. The file ICN_STORE says whose
// the folder is; four lines, each a word and a value:
//   icn-store 1            the format of this file
//   engine rocksdb
//   schema 1               version of tables and records
//   state creating|ready   creating: the engine has not finished its first open
namespace icn::storage {

inline constexpr std::string_view kMarkerName = "ICN_STORE";

// Holds an exclusive flock on the folder as long as it lives (another process, or a second open in this
// one, gets kLocked). Move only.
class FolderGuard {
 public:
  // Accepts a folder that is absent (made, 0700), empty, or marked for `engine` with schema <= schema_max.
  // Otherwise nothing is touched, and the error names the folder, what was found, and what to do:
  //   kForeignFolder  not a folder, files without a marker, or another engine's
  //   kNewerSchema    written by a newer version
  //   kCorrupt        the marker cannot be read
  //   kLocked, kInputOutput, kFull
  static Result<FolderGuard> claim(std::filesystem::path folder, std::string engine,
                                   std::uint32_t schema_max);

  FolderGuard(FolderGuard&& other) noexcept;
  FolderGuard& operator=(FolderGuard&&) = delete;
  ~FolderGuard();

  const std::filesystem::path& folder() const { return folder_; }
  std::uint32_t schema() const { return schema_; }
  // True until the first record(): the engine may create its files; later, missing files are damage.
  bool fresh() const { return fresh_; }

  // Durably notes that the engine's files are complete and of this schema.
  Result<void> record(std::uint32_t schema);
  // Durably puts `text` in the place of the file `name` of the folder.
  Result<void> replace_file(std::string_view name, std::string_view text);

 private:
  FolderGuard(std::filesystem::path folder, std::string engine, std::uint32_t schema, int lock)
      : folder_(std::move(folder)), engine_(std::move(engine)), schema_(schema), lock_(lock) {}
  Result<void> examine(std::uint32_t schema_max);
  Result<void> parse(const std::string& marker, std::uint32_t schema_max);
  Result<void> write_marker();

  std::filesystem::path folder_;
  std::string engine_;
  std::uint32_t schema_ = 0;
  bool fresh_ = true;
  int lock_ = -1;
};

// One step from a schema version to the next. Runs again if the node dies before its version is
// recorded: a step must give the same result on its own result.
using Migration = std::function<Result<void>(Store&)>;

// Version 1 plus one for each step.
inline std::uint32_t schema_version(const std::vector<Migration>& migrations) {
  return 1 + static_cast<std::uint32_t>(migrations.size());
}

// Runs the steps that `store` still lacks; after each one flushes and records its version.
Result<void> migrate(Store& store, FolderGuard& guard, const std::vector<Migration>& migrations);

}  // namespace icn::storage
