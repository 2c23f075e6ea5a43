#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/folder_guard.h"

namespace icn::storage {

inline constexpr std::string_view kTableListName = "ICN_TABLES";

// What tables and indexes a store was made with, in a file beside ICN_STORE, so that a program whose tables
// have other indexes does not take missing entries for missing rows. One line a table: its id, its name and
// the names of its indexes, a space between; by id.
class TableList {
 public:
  // Reads the file and compares. Nothing is touched.
  //   kOlderSchema   a table lacks an index that `tables` names, or the file of a finished store is missing
  //   kNewerSchema   a table has another name, or an index that `tables` does not know
  //   kCorrupt       the file cannot be read
  static Result<TableList> check(const FolderGuard& guard, const std::vector<TableSchema>& tables);

  // Durably notes the tables that are new. Errors of replace_file().
  Result<void> record(FolderGuard& guard) const;

 private:
  std::map<std::uint16_t, std::string> lines_;
  bool is_changed_ = false;
};

}  // namespace icn::storage
