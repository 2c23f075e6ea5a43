#pragma once

#include <filesystem>

#include "base/result.h"

namespace icn::bench {

// A folder on a real disk, removed with all it holds at the end. Lies in the first of $TMPDIR, /var/tmp and
// the working folder that is no tmpfs: what is synced to memory says nothing.
class TemporaryFolder {
 public:
  // Others may pass through it: a database server runs as another user. Errors: internal.
  static Result<TemporaryFolder> make();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept
      : path_(std::move(other.path_)), is_kept_(other.is_kept_) {
    other.path_.clear();
  }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void keep() { is_kept_ = true; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
  bool is_kept_ = false;
};

}  // namespace icn::bench
