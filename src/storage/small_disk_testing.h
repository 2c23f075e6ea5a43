#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/storage_testing.h"

// Shared by the tests of this folder.
namespace icn::storage::testing {

// A small disk of its own below `folder`, when we may mount one.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& folder, std::uint64_t size_mib) : path_(folder / "disk") {
    std::filesystem::create_directory(path_);
    const std::string size = "size=" + std::to_string(size_mib) + "m";
    is_mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (is_mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return is_mounted_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool is_mounted_ = false;
};

// Writes rows of 16 KiB until one is refused, fewer than `rows_max`. `written`: how many stand; "last" names
// the newest of them.
inline void fill(Store& store, int rows_max, int& written) {
  SeededRandom random(1);
  Result<void> last;
  for (written = 0; written < rows_max; ++written) {
    const std::string value = to_text(random.bytes(16 << 10));
    last = store.write(
        {put_row("row " + std::to_string(written), value), put_row("last", std::to_string(written))},
        Durability::kSynced);
    if (!last.ok()) break;
  }
  ASSERT_FALSE(last.ok());
  ASSERT_TRUE(last.error().is(kFull)) << last.error().detail();
  ASSERT_GT(written, 10);
}

}  // namespace icn::storage::testing
