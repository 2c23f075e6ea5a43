#include "backup/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "backup/errors.h"
#include "backup/stream.h"
#include "crypto/durable_file.h"

namespace icn::backup {
namespace {

constexpr std::string_view kNamePrefix = "backup-";
constexpr std::string_view kPiecesFolder = "pieces";
constexpr std::string_view kUnfinished = ".new";

Error folder_error(const std::filesystem::path& path, const std::string& what) {
  return Error(kFolder, path.string() + ": " + what);
}

std::filesystem::path piece_path(const std::filesystem::path& folder, const crypto::Hash& hash) {
  const std::string text = hex_encode(hash);
  return folder / kPiecesFolder / text.substr(0, 2) / text;
}

std::uint64_t number_of(const std::string& name) {
  std::uint64_t number = 0;
  const char* begin = name.data() + kNamePrefix.size();
  const auto [end, error] = std::from_chars(begin, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

std::optional<crypto::Hash> hash_named(const std::string& name) {
  const auto bytes = hex_decode(name);
  crypto::Hash hash{};
  if (!bytes.ok() || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

Result<Bytes> read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return folder_error(path, "is missing or cannot be read");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return folder_error(path, "cannot be read");
  return to_bytes(as_bytes(text));
}

// Every file below `pieces`.
Result<std::vector<std::filesystem::path>> piece_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator at(folder / kPiecesFolder, failure);
  for (const std::filesystem::recursive_directory_iterator end; !failure && at != end; at.increment(failure)) {
    if (at->is_regular_file(failure)) out.push_back(at->path());
  }
  if (failure) return folder_error(folder, failure.message());
  return out;
}

// The entries of a listing, without payloads.
Result<std::vector<Entry>> read_listing(const std::filesystem::path& folder, const std::string& name) {
  ICN_TRY_ASSIGN(content, read_whole(folder / name));
  std::string_view text = as_text(content);
  const auto damaged = [&](const std::string& what) { return Error(kDamaged, (folder / name).string() + ": " + what); };
  if (!text.starts_with(kFirstLine)) return damaged("is no listing of a backup");
  text.remove_prefix(kFirstLine.size());
  std::vector<Entry> entries;
  Listing listing;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return damaged("ends before its end");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.starts_with("listing ")) {
      if (!text.empty() || line != listing.last_line()) return damaged("its lines have changed");
      return entries;
    }
    auto entry = parse_entry_line(line);
    if (!entry || entry->kind == Kind::kKnown) return damaged("has a line that none has");
    listing.add(*entry);
    entries.push_back(std::move(*entry));
  }
}

}  // namespace

FolderWriter::FolderWriter(FolderWriter&& other) noexcept
    : folder_(std::move(other.folder_)),
      lock_(std::exchange(other.lock_, -1)),
      known_(std::move(other.known_)),
      listing_(std::move(other.listing_)),
      lines_(std::move(other.lines_)),
      written_(other.written_),
      reused_(other.reused_),
      bytes_written_(other.bytes_written_) {}

FolderWriter::~FolderWriter() {
  if (lock_ >= 0) ::close(lock_);
}

Result<FolderWriter> FolderWriter::begin(std::filesystem::path folder) {
  std::error_code failure;
  const bool is_new = std::filesystem::create_directories(folder, failure);
  if (failure) return folder_error(folder, "cannot be made: " + failure.message());
  if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  if (!std::filesystem::exists(folder / kPiecesFolder, failure) &&
      std::filesystem::directory_iterator(folder, failure) != std::filesystem::directory_iterator()) {
    return folder_error(folder, "holds other files; choose an empty folder, or one of backups");
  }
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return folder_error(folder, std::strerror(errno));
  FolderWriter writer(std::move(folder), lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
    return Error(kInUse, writer.folder_.string() + ": another backup is being written there");
  std::filesystem::create_directory(writer.folder_ / kPiecesFolder, failure);
  if (failure) return folder_error(writer.folder_, failure.message());
  ICN_TRY(writer.look_over());
  return writer;
}

Result<void> FolderWriter::look_over() {
  ICN_TRY_ASSIGN(files, piece_files(folder_));
  for (const std::filesystem::path& file : files) {
    const auto hash = hash_named(file.filename().string());
    if (!hash) continue;
    ICN_TRY_ASSIGN(content, read_whole(file));
    if (crypto::sha256(ByteView(content)) == *hash) known_.insert(*hash);
  }
  return {};
}

Result<void> FolderWriter::add(Entry& entry) {
  if (!entry.problem.empty()) return Error(kDamaged, entry.problem);
  listing_.add(entry);
  if (entry.kind == Kind::kKnown) {
    if (!known_.contains(entry.hash)) return Error(kDamaged, describe(entry) + " was left out and is not there");
    entry.kind = Kind::kChunk;
    ++reused_;
  } else if (known_.contains(entry.hash)) {
    ++reused_;
  } else {
    ICN_TRY(write_piece(entry));
  }
  lines_ += entry_line(entry) + "\n";
  return {};
}

Result<void> FolderWriter::write_piece(const Entry& entry) {
  const std::filesystem::path path = piece_path(folder_, entry.hash);
  std::filesystem::path unfinished = path;
  unfinished += kUnfinished;
  std::error_code failure;
  std::filesystem::create_directory(path.parent_path(), failure);
  if (!failure) {
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(entry.payload.data()),
               static_cast<std::streamsize>(entry.payload.size()));
    file.close();
    if (!file) return folder_error(path, "cannot be written; is the disk full?");
    std::filesystem::permissions(unfinished, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failure);
    std::filesystem::rename(unfinished, path, failure);
  }
  if (failure) return folder_error(path, "cannot be written: " + failure.message());
  known_.insert(entry.hash);
  ++written_;
  bytes_written_ += entry.payload.size();
  return {};
}

Result<std::string> FolderWriter::finish() {
  // One sync for all pieces: they lie in one file system.
  if (::syncfs(lock_) != 0) return folder_error(folder_, std::string("cannot be synced: ") + std::strerror(errno));
  const std::vector<std::string> former = backups_in(folder_);
  std::string number = std::to_string(former.empty() ? 1 : number_of(former.back()) + 1);
  number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
  const std::string name = std::string(kNamePrefix) + number;
  lines_ += listing_.last_line() + "\n";
  if (auto written = crypto::write_file_durably((folder_ / name).string(), as_bytes(lines_), crypto::Existing::kRefuse);
      !written.ok()) {
    return Error(kFolder, written.error().detail());
  }
  return name;
}

std::vector<std::string> backups_in(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(kNamePrefix) && number_of(name) > 0) out.push_back(name);
  }
  std::ranges::sort(out, {}, number_of);
  return out;
}

Result<void> read_folder(const std::filesystem::path& folder, const std::string& name, const Take& take) {
  ICN_TRY_ASSIGN(entries, read_listing(folder, name));
  for (Entry& entry : entries) {
    const std::filesystem::path path = piece_path(folder, entry.hash);
    auto content = read_whole(path);
    if (content.ok()) entry.payload = std::move(*content);
    entry.problem = content.ok() ? payload_problem(entry) : content.error().detail();
    if (!entry.problem.empty()) {
      entry.problem = path.string() + ": " +
                      (content.ok() ? entry.problem : describe(entry) + " is missing or cannot be read");
    }
    ICN_TRY(take(entry));
    entry.payload = {};
  }
  return {};
}

Result<Removed> collect_garbage(const std::filesystem::path& folder, std::size_t kept) {
  std::error_code failure;
  if (!std::filesystem::exists(folder / kPiecesFolder, failure)) return folder_error(folder, "holds no backups");
  const auto held = FolderWriter::begin(folder);  // for its lock
  if (!held.ok()) return held.error();
  const std::vector<std::string> names = backups_in(folder);
  const std::size_t first_kept = kept == 0 || kept > names.size() ? 0 : names.size() - kept;
  KnownPieces named;
  for (std::size_t i = first_kept; i < names.size(); ++i) {
    ICN_TRY_ASSIGN(entries, read_listing(folder, names[i]));
    for (const Entry& entry : entries) named.insert(entry.hash);
  }
  Removed removed;
  for (std::size_t i = 0; i < first_kept; ++i)
    removed.backups += std::filesystem::remove(folder / names[i], failure) ? 1 : 0;
  ICN_TRY_ASSIGN(files, piece_files(folder));
  for (const std::filesystem::path& file : files) {
    const auto hash = hash_named(file.filename().string());
    if (hash && named.contains(*hash)) continue;
    const auto size = std::filesystem::file_size(file, failure);
    if (!std::filesystem::remove(file, failure)) continue;
    ++removed.pieces;
    removed.bytes += size;
  }
  return removed;
}

}  // namespace icn::backup
