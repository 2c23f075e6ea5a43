#include "storage/table_list.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "storage/errors.h"

namespace icn::storage {
namespace {

using Lines = std::map<std::uint16_t, std::string>;

std::string line_of(const TableSchema& table) {
  std::string out = std::to_string(table.id) + " " + table.name;
  for (const std::string& index : table.indexes) out += " " + index;
  return out;
}

// False: no such file was ever written.
bool parse(std::string_view text, Lines& lines) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    std::uint16_t id = 0;
    const auto [stop, problem] = std::from_chars(line.data(), line.data() + line.size(), id);
    if (problem != std::errc() || stop == line.data() + line.size() || *stop != ' ') return false;
    if (!lines.emplace(id, std::string(line)).second) return false;
  }
  return true;
}

Error differs(const std::string& folder, const std::string& noted, const std::string& known) {
  const std::string what =
      folder + ": has the table and indexes \"" + noted + "\", this version has \"" + known + "\"";
  if (!known.starts_with(noted + " ")) return Error(kNewerSchema, what + "; update icn");
  return Error(kOlderSchema, what + "; use the version that made it, or another data folder");
}

}  // namespace

Result<TableList> TableList::check(const FolderGuard& guard, const std::vector<TableSchema>& tables) {
  const std::filesystem::path path = guard.folder() / kTableListName;
  const std::string folder = guard.folder().string();
  TableList list;
  std::ifstream file(path, std::ios::binary);
  if (!file && !guard.fresh()) {
    return Error(
        kOlderSchema,
        folder + ": does not say what tables it has; use the version that made it, or another data folder");
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || !parse(text, list.lines_)) {
    return Error(kCorrupt, path.string() + ": is damaged; restore the folder from a backup");
  }
  for (const TableSchema& table : tables) {
    const std::string known = line_of(table);
    const auto [noted, is_new] = list.lines_.emplace(table.id, known);
    if (noted->second != known) return differs(folder, noted->second, known);
    list.is_changed_ = list.is_changed_ || is_new;
  }
  return list;
}

Result<void> TableList::record(FolderGuard& guard) const {
  if (!is_changed_) return {};
  std::string text;
  for (const auto& [id, line] : lines_) text += line + "\n";
  return guard.replace_file(kTableListName, text);
}

}  // namespace icn::storage
