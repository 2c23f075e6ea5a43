#include "bench/temporary_folder.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/errors.h"

namespace icn::bench {
namespace {

bool is_on_disk(const std::string& folder) {
  struct statfs about {};
  return ::access(folder.c_str(), W_OK) == 0 && ::statfs(folder.c_str(), &about) == 0 &&
         about.f_type != TMPFS_MAGIC && about.f_type != RAMFS_MAGIC;
}

std::string parent_folder() {
  const char* named = std::getenv("TMPDIR");
  for (const std::string& folder : {std::string(named == nullptr ? "" : named), std::string("/var/tmp")}) {
    if (!folder.empty() && is_on_disk(folder)) return folder;
  }
  return std::filesystem::current_path().string();
}

}  // namespace

Result<TemporaryFolder> TemporaryFolder::make() {
  std::string path = parent_folder() + "/icn-bench-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr || ::chmod(path.c_str(), 0755) != 0) {
    return Error(errors::kInternal, "cannot make the folder " + path + ": " + std::strerror(errno));
  }
  return TemporaryFolder(path);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty() && !is_kept_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace icn::bench
