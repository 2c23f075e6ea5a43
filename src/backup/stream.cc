#include "backup/stream.h"

#include <algorithm>

#include "backup/errors.h"

namespace icn::backup {
namespace {

constexpr std::size_t kLineBytesMax = 4096;

}  // namespace

std::string StreamWriter::add(Entry& entry) {
  listing_.add(entry);
  std::string out = entry_line(entry) + "\n";
  out += as_text(entry.payload);
  return out;
}

std::string StreamWriter::end() { return listing_.last_line() + "\n"; }

std::string StreamWriter::failed(const std::string& what) {
  std::string line = "failed " + what.substr(0, kLineBytesMax / 2);
  std::ranges::replace(line, '\n', ' ');
  return line + "\n";
}

std::string payload_problem(const Entry& entry) {
  if (entry.kind == Kind::kKnown) return {};
  if (entry.payload.size() != entry.size) {
    return describe(entry) + " has " + std::to_string(entry.payload.size()) + " bytes in place of " +
           std::to_string(entry.size);
  }
  if (crypto::sha256(ByteView(entry.payload)) == entry.hash) return {};
  return describe(entry) + " is not what the listing says: bytes of it have changed";
}

Result<void> StreamReader::feed(ByteView bytes) {
  while (!bytes.empty()) {
    if (is_complete_) return Error(kDamaged, "something follows the end of the backup");
    if (entry_) {
      const std::size_t wanted = static_cast<std::size_t>(entry_->size) - entry_->payload.size();
      const std::size_t taken = std::min(wanted, bytes.size());
      append(entry_->payload, bytes.first(taken));
      bytes = bytes.subspan(taken);
      if (taken == wanted) ICN_TRY(take_payload());
      continue;
    }
    const auto newline = std::ranges::find(bytes, '\n');
    const auto taken = static_cast<std::size_t>(newline - bytes.begin());
    line_ += as_text(bytes.first(taken));
    if (line_.size() > kLineBytesMax) return Error(kDamaged, "a line of the backup does not end");
    if (newline == bytes.end()) return {};
    bytes = bytes.subspan(taken + 1);
    const std::string line = std::exchange(line_, {});
    ICN_TRY(take_line(line));
  }
  return {};
}

Result<void> StreamReader::take_line(std::string_view line) {
  if (!has_begun_) {
    has_begun_ = true;
    if (line == kFirstLine.substr(0, kFirstLine.size() - 1)) return {};
    if (line.starts_with("icn-backup ")) return Error(kNewer, "a backup of another format; update icn");
    return Error(kDamaged, "this is no backup: it does not begin with \"icn-backup 1\"");
  }
  if (line.starts_with("failed "))
    return Error(kDamaged, "the backup is not complete: the node said " + std::string(line.substr(7)));
  if (line.starts_with("listing ")) {
    if (line != listing_.last_line())
      return Error(kDamaged, "the listing of the backup has changed: its lines are not those that were written");
    is_complete_ = true;
    return {};
  }
  auto entry = parse_entry_line(line);
  if (!entry) return Error(kDamaged, "the backup has a line that none has: \"" + std::string(line.substr(0, 80)) + "\"");
  listing_.add(*entry);
  entry_ = std::move(entry);
  if (entry_->kind == Kind::kKnown || entry_->size == 0) return take_payload();
  return {};
}

Result<void> StreamReader::take_payload() {
  Entry entry = std::move(*entry_);
  entry_.reset();
  entry.problem = payload_problem(entry);
  return take_(entry);
}

Result<void> StreamReader::finish() const {
  if (is_complete_) return {};
  return Error(kDamaged, "the backup ends before its end");
}

}  // namespace icn::backup
