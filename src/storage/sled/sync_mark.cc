#include "storage/sled/sync_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "storage/errors.h"

namespace icn::storage {
namespace {

constexpr std::size_t kSize = 2 * sizeof(std::uint64_t);

Bytes text_of(std::uint64_t number) {
  Bytes out;
  append_u64(out, number);
  append_u64(out, ~number);
  return out;
}

}  // namespace

Result<SyncMark> SyncMark::open(FolderGuard& guard) {
  const std::filesystem::path path = guard.folder() / kSyncMarkName;
  if (guard.fresh()) ICN_TRY(guard.replace_file(kSyncMarkName, to_text(text_of(0))));
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) {
    if (errno != ENOENT) return Error(kInputOutput, path.string() + ": " + std::strerror(errno));
    return Error(kCorrupt, path.string() + ": is missing; restore the folder from a backup");
  }
  std::array<std::uint8_t, kSize + 1> read{};
  const auto size = ::pread(file, read.data(), read.size(), 0);
  const std::uint64_t number = read_u64(ByteView(read).first(kSize / 2));
  SyncMark mark(file, number);
  if (size < 0) return Error(kInputOutput, path.string() + ": " + std::strerror(errno));
  if (size != kSize || read_u64(ByteView(read).subspan(kSize / 2, kSize / 2)) != ~number) {
    return Error(kCorrupt, path.string() + ": is damaged; restore the folder from a backup");
  }
  return mark;
}

SyncMark::SyncMark(SyncMark&& other) noexcept
    : file_(std::exchange(other.file_, -1)), number_(other.number_) {}

SyncMark::~SyncMark() {
  if (file_ >= 0) ::close(file_);
}

std::string SyncMark::note(std::uint64_t number) {
  const Bytes text = text_of(number);
  if (::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(kSize)) {
    return std::string(kSyncMarkName) + ": cannot be written: " + std::strerror(errno);
  }
  number_ = number;
  return {};
}

}  // namespace icn::storage
