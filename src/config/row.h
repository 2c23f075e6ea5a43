#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.h"

// settings.def as a table. Internal to this folder.
namespace icn::config {

enum class Agreement { kNode, kFederation };
enum class Secrecy { kOpen, kSecret };

// From the environment or a flag: read as its row's type asks.
struct Untyped {
  std::string text;
};
// A TOML value no setting has: date, float, table where a value belongs; `kind` for messages.
struct Unfit {
  std::string kind;
};
using RawValue = std::variant<Untyped, Unfit, bool, std::int64_t, std::string, std::vector<std::string>>;

struct Row {
  std::string_view key;
  std::string_view type;
  std::string_view unit;
  std::string_view text;
  Agreement agreement;
  Secrecy secrecy;
  std::string allowed;  // "1 to 64 bytes", "memory, rocksdb"
  // False, with `settings` unchanged, when the value is not allowed.
  bool (*assign)(const Row& row, Settings& settings, const RawValue& value);
  // As TOML.
  std::string (*print)(const Settings& settings);
  std::int64_t low;
  std::int64_t high;

  std::string variable() const;  // ICN_STORAGE_BACKEND
};

std::span<const Row> rows();
const Row* find_row(std::string_view key);

// `value` as a person wrote it, shortened.
std::string describe(const RawValue& value);

// The same in a message about `row`: "(secret)" when its values are never printed.
std::string describe_for(const Row& row, const RawValue& value);
// Its line of effective_toml(): a comment in place of a secret.
std::string toml_line(const Row& row, const Settings& settings);

}  // namespace icn::config
