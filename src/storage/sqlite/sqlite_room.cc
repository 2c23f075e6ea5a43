#include "storage/sqlite/sqlite_room.h"

#include "storage/errors.h"

namespace icn::storage {
namespace {

// By how much the log grows before free space is looked at again.
constexpr std::uint64_t kCheckEveryBytes = 1 << 20;
// How often a log is emptied because room is scarce.
constexpr auto kEmptyAgainAfter = std::chrono::milliseconds(500);

}  // namespace

// The log writes whole pages, whatever the rows have.
Result<void> SqliteRoom::check(std::uint64_t size_bytes) {
  unchecked_bytes_ += size_bytes;
  const std::uint64_t log_bytes = writer_.log_bytes();
  const bool is_log_looked_at =
      log_bytes >= looked_log_bytes_ && log_bytes - looked_log_bytes_ < kCheckEveryBytes;
  if (has_room_ && is_log_looked_at && unchecked_bytes_ < kCheckEveryBytes) return {};
  return look(size_bytes);
}

Result<void> SqliteRoom::look(std::uint64_t size_bytes) {
  if (free_space_min_bytes_ == 0) return {};
  const std::uint64_t wanted_bytes = free_space_min_bytes_ + size_bytes + 2 * kCheckEveryBytes;
  available_bytes_ = free_bytes();
  growth_bytes_ = writer_.log_bytes();
  if (available_bytes_ < growth_bytes_ + wanted_bytes) ICN_TRY(empty_when_scarce(wanted_bytes));
  unchecked_bytes_ = 0;
  looked_log_bytes_ = writer_.log_bytes();
  has_room_ = available_bytes_ >= growth_bytes_ + wanted_bytes;
  const std::uint64_t kept_back_bytes = free_space_min_bytes_ + growth_bytes_;
  if (available_bytes_ >= kept_back_bytes + size_bytes) return {};
  return Error(kFull, folder_.string() + ": " + std::to_string(available_bytes_) + " bytes are free, and " +
                          std::to_string(kept_back_bytes) + " are kept back");
}

// Not where the database finds no room for what the log holds.
Result<void> SqliteRoom::empty_when_scarce(std::uint64_t wanted_bytes) {
  ICN_TRY_ASSIGN(growth_bytes, writer_.growth_bytes());
  growth_bytes_ = growth_bytes;
  if (available_bytes_ >= growth_bytes_ + wanted_bytes || available_bytes_ < growth_bytes_ ||
      writer_.log_file_bytes() < kCheckEveryBytes || !is_time_to_empty()) {
    return {};
  }
  // What finds no room stays in the log.
  if (const auto emptied = writer_.empty_log(); !emptied.ok() && emptied.error().is(kSyncFailed))
    return emptied;
  available_bytes_ = free_bytes();
  ICN_TRY_ASSIGN(remaining_bytes, writer_.growth_bytes());
  growth_bytes_ = remaining_bytes;
  return {};
}

bool SqliteRoom::is_time_to_empty() {
  const auto now = std::chrono::steady_clock::now();
  if (now < emptied_at_ + kEmptyAgainAfter) return false;
  emptied_at_ = now;
  return true;
}

std::uint64_t SqliteRoom::free_bytes() const {
  std::error_code unknown;
  const auto space = std::filesystem::space(folder_, unknown);
  return unknown ? ~std::uint64_t{0} >> 1 : space.available;
}

}  // namespace icn::storage
