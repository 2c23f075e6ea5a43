#pragma once

#include <filesystem>

#include "backup/entry.h"
#include "backup/writer.h"

// Backups in a folder, each a list of pieces:
//   backup-000001      the lines of its entries, then its listing; written last, in one step
//   pieces/1f/1f2e...  the payload with that SHA-256, once for all backups that have it
namespace icn::backup {

// Adds a backup to a folder (made when missing, 0700). What a run that was cut off has written is used by the
// next one. Pieces that were damaged meanwhile are written anew. Thread: one at a time.
//   backup_in_use, backup_folder: not ours, or cannot be written
class FolderWriter {
 public:
  static Result<FolderWriter> begin(std::filesystem::path folder);
  FolderWriter(FolderWriter&& other) noexcept;
  FolderWriter& operator=(FolderWriter&&) = delete;
  ~FolderWriter();

  // Pieces that are there, each read and found whole.
  const KnownPieces& known() const { return known_; }
  // A damaged entry is refused (backup_damaged).
  Result<void> add(Entry& entry);
  // All entries have come: makes everything durable and the backup visible. Its name.
  Result<std::string> finish();

  std::uint64_t pieces_written() const { return written_; }
  std::uint64_t pieces_reused() const { return reused_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  FolderWriter(std::filesystem::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
  Result<void> look_over();
  Result<void> write_piece(const Entry& entry);

  std::filesystem::path folder_;
  int lock_ = -1;
  KnownPieces known_;
  Listing listing_;
  std::string lines_{kFirstLine};
  std::uint64_t written_ = 0;
  std::uint64_t reused_ = 0;
  std::uint64_t bytes_written_ = 0;
};

// Names of the backups in a folder, oldest first.
std::vector<std::string> backups_in(const std::filesystem::path& folder);

// Gives the entries of a backup to `take`; damaged pieces have a `problem` that names their file.
//   backup_damaged   the listing is: nothing was given
//   backup_folder, what `take` says
Result<void> read_folder(const std::filesystem::path& folder, const std::string& name, const Take& take);

struct Removed {
  std::uint64_t backups = 0;
  std::uint64_t pieces = 0;
  std::uint64_t bytes = 0;
};
// Removes all but the newest `kept` backups (0: none is removed) and every piece that no backup names.
//   backup_damaged   a listing is: nothing was removed
Result<Removed> collect_garbage(const std::filesystem::path& folder, std::size_t kept);

}  // namespace icn::backup
