#pragma once

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "storage/store.h"

// Shared by the tests of this folder.
namespace icn::storage::testing {

// A folder below the system's temporary one that goes away with this object.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "icn-storage-XXXXXX").string();
    ICN_ASSERT(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// Every file below `folder` with what it holds: equal before and after means nothing was touched.
inline std::map<std::string, std::string> contents_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    contents[entry.path().string()] = entry.is_regular_file() ? read_file(entry.path()) : "folder";
  }
  return contents;
}

inline const TableSchema kPlainTable{1, "plain", {}};
inline const TableSchema kIndexedTable{2, "indexed", {"idx_indexed_first", "idx_indexed_second"}};

inline Bytes text(std::string_view value) { return to_bytes(as_bytes(value)); }

inline Row put_row(std::string_view key, std::string_view record) {
  return {&kPlainTable, text(key), text(record), {}, {}};
}

inline std::string get_text(const Reader& reader, std::string_view key) {
  const auto found = reader.get(kPlainTable, as_bytes(key));
  if (!found) return "error: " + found.error().detail();
  return *found ? to_text(**found) : "absent";
}

// The number that `text` is; anything else fails the test by its value.
inline std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : ~std::uint64_t{0};
}

inline Result<void> write_one(Store& store, Row row, Durability durability) {
  std::vector<Row> rows;
  rows.push_back(std::move(row));
  return store.write(rows, durability);
}

}  // namespace icn::storage::testing
