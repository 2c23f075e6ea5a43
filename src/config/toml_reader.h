#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/row.h"

namespace icn::config {

struct TomlEntry {
  std::string key;  // dotted
  RawValue value;
  std::size_t line;
};

// The values of a TOML 1.0 document in the order of its lines. Internal to this folder.
//   bad_settings_file   not TOML; the detail names the line
Result<std::vector<TomlEntry>> read_toml(std::string_view text);

}  // namespace icn::config
