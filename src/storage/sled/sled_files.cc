#include "storage/sled/sled_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "storage/errors.h"

namespace icn::storage {
namespace {

// What stands in front of a large value in its file; a smaller file is not written yet.
constexpr std::int64_t kValueHeaderSize = 5;

bool is_same(const std::timespec& left, const std::timespec& right) {
  return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}
bool is_before(const std::timespec& left, const std::timespec& right) {
  return left.tv_sec != right.tv_sec ? left.tv_sec < right.tv_sec : left.tv_nsec < right.tv_nsec;
}

std::string problem(const std::filesystem::path& path) {
  return path.string() + ": cannot be synced: " + std::strerror(errno);
}

// What went wrong; empty: done. A file that sled has removed meanwhile needs no sync; its size is -1.
std::string sync_path(const std::filesystem::path& path, int flags, std::int64_t* size = nullptr) {
  if (size != nullptr) *size = -1;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (file < 0) return errno == ENOENT ? std::string() : problem(path);
  struct stat found {};
  const bool done = ::fstat(file, &found) == 0 && ::fsync(file) == 0;
  if (size != nullptr) *size = found.st_size;
  std::string text = done ? std::string() : problem(path);
  ::close(file);
  return text;
}

}  // namespace

Result<SledFiles> SledFiles::open(const std::filesystem::path& folder, std::function<int(int)> sync_file) {
  std::error_code failure;
  std::filesystem::recursive_directory_iterator at(folder, failure);
  for (const std::filesystem::recursive_directory_iterator end; !failure && at != end;
       at.increment(failure)) {
    const std::string text = sync_path(at->path(), at->is_directory(failure) ? O_DIRECTORY : 0);
    if (!text.empty()) return Error(kInputOutput, text);
  }
  if (failure) return Error(kInputOutput, folder.string() + ": " + failure.message());
  if (const std::string text = sync_path(folder, O_DIRECTORY); !text.empty())
    return Error(kInputOutput, text);
  const int log = ::open((folder / "db").c_str(), O_RDONLY | O_CLOEXEC);
  if (log < 0) return Error(kInputOutput, problem(folder / "db"));
  return SledFiles(folder, log, std::move(sync_file));
}

SledFiles::SledFiles(SledFiles&& other) noexcept
    : folder_(std::move(other.folder_)),
      log_(std::exchange(other.log_, -1)),
      sync_file_(std::move(other.sync_file_)) {}

SledFiles::~SledFiles() {
  if (log_ >= 0) ::close(log_);
}

std::string SledFiles::sync() {
  // Before the log, whose entries name them.
  if (std::string text = sync_large_values(); !text.empty()) return text;
  const int done = sync_file_ ? sync_file_(log_) : ::fdatasync(log_);
  return done == 0 ? std::string() : problem(folder_ / "db");
}

// sled hides its descriptor: it is the one of this process that writes to the file.
void SledFiles::take_log_from_writers() const {
  struct stat log {};
  if (::fstat(log_, &log) != 0) return;
  std::error_code failure;
  std::filesystem::directory_iterator at("/proc/self/fd", failure);
  for (const std::filesystem::directory_iterator end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    int file = -1;
    std::from_chars(name.data(), name.data() + name.size(), file);
    struct stat found {};
    if (::fstat(file, &found) != 0 || found.st_dev != log.st_dev || found.st_ino != log.st_ino) continue;
    const int flags = ::fcntl(file, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDWR) ::dup3(log_, file, O_CLOEXEC);
  }
}

// Reads the folder only when it has changed. Its time of change and the one that `log_` is given come from
// one clock of the kernel, which ticks slowly: only of a folder that changed in an earlier tick is it certain
// that all is seen.
std::string SledFiles::sync_large_values() {
  const std::filesystem::path folder = folder_ / "blobs";
  struct stat now {};
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return problem(folder);
  for (const auto& [name, size] : std::map(young_)) {
    if (std::string text = sync_value(name); !text.empty()) return text;
  }
  if (is_seen_whole_ && is_same(found.st_mtim, seen_)) return {};
  if (::futimens(log_, nullptr) != 0 || ::fstat(log_, &now) != 0) return problem(folder_ / "db");
  std::set<std::string> gone = std::exchange(whole_, {});
  bool is_new = false;
  std::error_code failure;
  std::filesystem::directory_iterator at(folder, failure);
  for (const std::filesystem::directory_iterator end; !failure && at != end; at.increment(failure)) {
    std::string name = at->path().filename().string();
    if (gone.contains(name)) {
      whole_.insert(std::move(name));
    } else if (!young_.contains(name)) {
      is_new = true;
      if (std::string text = sync_value(name); !text.empty()) return text;
    }
  }
  if (failure) return folder.string() + ": " + failure.message();
  seen_ = found.st_mtim;
  is_seen_whole_ = is_before(found.st_mtim, now.st_mtim);
  return is_new ? sync_path(folder, O_DIRECTORY) : std::string();
}

// One that has not grown since the last sync is whole: sled writes a value in one go when it makes its file.
std::string SledFiles::sync_value(const std::string& name) {
  std::int64_t size = 0;
  if (std::string text = sync_path(folder_ / "blobs" / name, 0, &size); !text.empty()) return text;
  const auto former = young_.find(name);
  if (size < 0 || (former != young_.end() && former->second == size && size > kValueHeaderSize)) {
    if (size >= 0) whole_.insert(name);
    young_.erase(name);
  } else {
    young_[name] = size;
  }
  return {};
}

}  // namespace icn::storage
