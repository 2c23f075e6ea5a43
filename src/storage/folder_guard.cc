#include "storage/folder_guard.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "storage/errors.h"

namespace icn::storage {

namespace {

constexpr std::size_t kMarkerSizeMax = 256;
constexpr std::uint32_t kMarkerFormat = 1;

Error system_error(const std::filesystem::path& path, const char* what, int code) {
  const ErrorKind& kind = code == ENOSPC || code == EDQUOT ? kFull : kInputOutput;
  return Error(kind, path.string() + ": " + what + ": " + std::strerror(code));
}

// Reads "word value\n" off the front of `text`.
bool take_line(std::string_view& text, std::string_view word, std::string_view& value) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || text.substr(0, word.size() + 1) != std::string(word) + " ")
    return false;
  value = text.substr(word.size() + 1, end - word.size() - 1);
  text.remove_prefix(end + 1);
  return true;
}

bool parse_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 && text[0] != '0';
}

// Ours to ignore: a marker that was being written, and what mkfs leaves in a mount point.
bool ignorable(const std::filesystem::path& name) { return name == "ICN_STORE.new" || name == "lost+found"; }

Result<void> write_durably(const std::filesystem::path& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return system_error(path, "cannot be created", errno);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool synced = written && ::fsync(file) == 0;
  const int code = errno;
  ::close(file);
  if (!synced) return system_error(path, "cannot be written", code);
  return {};
}

}  // namespace

Result<FolderGuard> FolderGuard::claim(std::filesystem::path folder, std::string engine,
                                       std::uint32_t schema_max) {
  std::error_code code;
  const auto status = std::filesystem::status(folder, code);
  if (!std::filesystem::exists(status)) {
    std::filesystem::create_directories(folder, code);
    if (code) return system_error(folder, "cannot be made", code.value());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, code);
  } else if (!std::filesystem::is_directory(status)) {
    return Error(kForeignFolder, folder.string() + ": is a file; name a folder for the store");
  }
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return system_error(folder, "cannot be opened", errno);
  FolderGuard guard(std::move(folder), std::move(engine), schema_max, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(guard.folder_, "cannot be locked", errno);
    return Error(kLocked, guard.folder_.string() +
                              ": is in use by another process; stop that node or choose another folder");
  }
  ICN_TRY(guard.examine(schema_max));
  return guard;
}

FolderGuard::FolderGuard(FolderGuard&& other) noexcept
    : folder_(std::move(other.folder_)),
      engine_(std::move(other.engine_)),
      schema_(other.schema_),
      fresh_(other.fresh_),
      lock_(std::exchange(other.lock_, -1)) {}

FolderGuard::~FolderGuard() {
  if (lock_ >= 0) ::close(lock_);
}

Result<void> FolderGuard::examine(std::uint32_t schema_max) {
  std::error_code code;
  if (std::filesystem::exists(folder_ / kMarkerName, code)) {
    std::ifstream file(folder_ / kMarkerName, std::ios::binary);
    std::string marker(kMarkerSizeMax + 1, '\0');
    file.read(marker.data(), static_cast<std::streamsize>(marker.size()));
    if (file.bad() || (file.fail() && !file.eof()))
      return system_error(folder_ / kMarkerName, "cannot be read", EIO);
    marker.resize(static_cast<std::size_t>(file.gcount()));
    return parse(marker, schema_max);
  }
  std::filesystem::directory_iterator entries(folder_, code);
  if (code) return system_error(folder_, "cannot be read", code.value());
  for (const auto& entry : entries) {
    if (ignorable(entry.path().filename())) continue;
    return Error(kForeignFolder, folder_.string() + ": holds \"" + entry.path().filename().string() +
                                     "\" but no " + std::string(kMarkerName) +
                                     ", so it is not a store of this node; choose an empty folder");
  }
  return write_marker();
}

Result<void> FolderGuard::parse(const std::string& marker, std::uint32_t schema_max) {
  std::string_view text = marker;
  std::string_view format;
  std::string_view engine;
  std::string_view schema;
  std::string_view state;
  std::uint32_t format_number = 0;
  const std::string where = (folder_ / kMarkerName).string();
  const Error damaged(kCorrupt, where + ": is damaged; restore the folder from a backup");
  if (!take_line(text, "icn-store", format) || !parse_number(format, format_number)) return damaged;
  if (format_number > kMarkerFormat) {
    return Error(kNewerSchema,
                 where + ": has format " + std::string(format) + ", this version knows 1; update icn");
  }
  if (!take_line(text, "engine", engine) || !take_line(text, "schema", schema) ||
      !take_line(text, "state", state) || !text.empty() || !parse_number(schema, schema_) ||
      (state != "creating" && state != "ready")) {
    return damaged;
  }
  if (engine != engine_) {
    return Error(kForeignFolder, folder_.string() + ": is a store of engine \"" + std::string(engine) +
                                     "\", not \"" + engine_ +
                                     "\"; change the engine setting or choose another folder");
  }
  if (schema_ > schema_max) {
    return Error(kNewerSchema, folder_.string() + ": has schema " + std::to_string(schema_) +
                                   ", this version knows up to " + std::to_string(schema_max) +
                                   "; update icn");
  }
  fresh_ = state == "creating";
  return {};
}

Result<void> FolderGuard::record(std::uint32_t schema) {
  schema_ = schema;
  fresh_ = false;
  return write_marker();
}

Result<void> FolderGuard::write_marker() {
  std::ostringstream text;
  text << "icn-store " << kMarkerFormat << "\nengine " << engine_ << "\nschema " << schema_ << "\nstate "
       << (fresh_ ? "creating" : "ready") << "\n";
  return replace_file(kMarkerName, text.str());
}

Result<void> FolderGuard::replace_file(std::string_view name, std::string_view text) {
  const std::filesystem::path target = folder_ / name;
  std::filesystem::path next = target;
  next += ".new";
  ICN_TRY(write_durably(next, text));
  std::error_code code;
  std::filesystem::rename(next, target, code);
  if (code) return system_error(target, "cannot be written", code.value());
  if (::fsync(lock_) != 0) return system_error(folder_, "cannot be synced", errno);
  return {};
}

Result<void> migrate(Store& store, FolderGuard& guard, const std::vector<Migration>& migrations) {
  for (std::uint32_t version = guard.schema(); version < schema_version(migrations); ++version) {
    if (auto done = migrations[version - 1](store); !done) {
      return done.error().within(guard.folder().string() + ": schema " + std::to_string(version) + " to " +
                                 std::to_string(version + 1));
    }
    ICN_TRY(store.flush());
    ICN_TRY(guard.record(version + 1));
  }
  return {};
}

}  // namespace icn::storage
