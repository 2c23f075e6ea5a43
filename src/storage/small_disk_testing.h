#pragma once

#include <sys/mount.h>

#include <cstdint>
#include <filesystem>
#include <string>

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

}  // namespace icn::storage::testing
