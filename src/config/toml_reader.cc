#include "config/toml_reader.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>

#include "config/errors.h"

namespace icn::config {
namespace {

RawValue raw_value(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) {
    std::vector<std::string> items;
    for (const toml::node& item : *array) {
      const auto* text = item.as_string();
      if (text == nullptr) return Unfit{"a list of other things than texts"};
      items.push_back(text->get());
    }
    return items;
  }
  if (const auto* number = node.as_floating_point()) {
    return Unfit{"the number " + std::to_string(number->get()) + " with a fraction"};
  }
  return Unfit{"a date or time"};
}

// A heading without anything below it, as people leave it when they comment settings out.
bool is_known_section(std::string_view key) {
  return std::any_of(rows().begin(), rows().end(), [&](const Row& row) {
    return row.key.size() > key.size() && row.key.starts_with(key) && row.key[key.size()] == '.';
  });
}

void collect(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& out) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (const toml::table* inner = node.as_table()) {
      if (find_row(key) != nullptr || (inner->empty() && !is_known_section(key))) {
        out.push_back({key, Unfit{"a table"}, node.source().begin.line});
      } else {
        collect(*inner, key + ".", out);
      }
      continue;
    }
    out.push_back({key, raw_value(node), node.source().begin.line});
  }
}

}  // namespace

Result<std::vector<TomlEntry>> read_toml(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return Error(errors::kBadFile, "line " + std::to_string(parsed.error().source().begin.line) + ": " +
                                       std::string(parsed.error().description()));
  }
  std::vector<TomlEntry> entries;
  collect(parsed.table(), "", entries);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const TomlEntry& left, const TomlEntry& right) { return left.line < right.line; });
  return entries;
}

}  // namespace icn::config
