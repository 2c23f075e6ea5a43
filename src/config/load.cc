#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "config/errors.h"
#include "config/row.h"
#include "config/toml_reader.h"
#include "config/validate.h"

namespace icn::config {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::string_view kVariablePrefix = "ICN_";

// Fewest insertions, deletions and exchanges of a character that make one text the other.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t exchanged = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, exchanged});
    }
  }
  return row.back();
}

std::string did_you_mean(std::string_view key, bool as_variable) {
  constexpr std::size_t kKeySizeMax = 128;  // bounds the work for a hostile key
  if (key.size() > kKeySizeMax) return "";
  std::string best;
  std::size_t best_distance = 4;
  for (const Row& row : rows()) {
    const std::string name = as_variable ? row.variable() : std::string(row.key);
    const std::size_t distance = edit_distance(key, name);
    if (distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best.empty() ? "" : "; did you mean " + best + "?";
}

class Loader {
 public:
  void read_file(const Sources& sources, const std::vector<TomlEntry>& entries) {
    for (const TomlEntry& entry : entries) {
      const std::string place = sources.file_name + " line " + std::to_string(entry.line);
      const Row* row = find_row(entry.key);
      if (row == nullptr) {
        unknown(place, entry.key, did_you_mean(entry.key, false));
      } else {
        places_.insert_or_assign(row->key, place);
        assign(*row, place, entry.value);
      }
    }
  }

  void read_environment(const Sources& sources) {
    std::set<std::string, std::less<>> passed_over(sources.other_variables.begin(),
                                                   sources.other_variables.end());
    // key.passphrase_variable itself may come from the environment or a flag; all are passed over.
    passed_over.insert(Settings().key_passphrase_variable);
    passed_over.insert(settings_.key_passphrase_variable);
    for (const auto& [name, value] : sources.environment) {
      if (name == find_row("key.passphrase_variable")->variable()) passed_over.insert(value);
    }
    for (const auto& [name, value] : sources.environment) {
      if (!name.starts_with(kVariablePrefix) || passed_over.contains(name)) continue;
      const auto row = std::find_if(rows().begin(), rows().end(), [&, &variable = name](const Row& each) {
        return each.variable() == variable;
      });
      if (row == rows().end()) {
        unknown("environment", name, did_you_mean(name, true));
      } else {
        places_.insert_or_assign(row->key, "environment " + name);
        assign(*row, "environment " + name, Untyped{value});
      }
    }
  }

  void read_flags(const Sources& sources) {
    for (std::size_t i = 0; i < sources.flags.size(); ++i) {
      const std::string& flag = sources.flags[i];
      const std::size_t equals = std::min(flag.find('='), flag.size());
      if (!flag.starts_with("--")) {
        problem("flag " + flag.substr(0, 60) + ": settings are given as --key=value");
        continue;
      }
      std::string key = flag.substr(2, equals - 2);
      std::replace(key.begin(), key.end(), '-', '_');
      const Row* row = find_row(key);
      if (row == nullptr) {
        unknown("flag", "--" + key, did_you_mean(key, false));
        continue;
      }
      const bool has_next = i + 1 < sources.flags.size() && !sources.flags[i + 1].starts_with("--");
      Untyped value{"true"};
      if (equals < flag.size()) {
        value.text = flag.substr(equals + 1);
      } else if (has_next) {
        value.text = sources.flags[++i];
      } else if (row->type != "true or false") {
        problem("flag --" + key + ": the value is missing; allowed: " + row->allowed);
        continue;
      }
      places_.insert_or_assign(row->key, "flag --" + key);
      assign(*row, "flag --" + key, value);
    }
  }

  Result<Settings> finish() {
    if (problems_.empty()) {
      apply_profile();
      for (const std::string& text : contradictions(settings_)) problem(with_place(text));
    }
    if (!problems_.empty()) return Error(errors::kBadSettings, problems_);
    return std::move(settings_);
  }

 private:
  void assign(const Row& row, const std::string& place, const RawValue& value) {
    if (row.assign(row, settings_, value)) {
      assigned_.insert(row.key);
      return;
    }
    problem(place + ": " + std::string(row.key) + " = " + describe_for(row, value) +
            " is not allowed; allowed: " + row.allowed +
            (row.unit.empty() ? "" : " " + std::string(row.unit)));
  }

  // A contradiction begins with the setting it is about: in which line of the file it stands is said too, or
  // which variable or flag set it.
  std::string with_place(const std::string& text) const {
    const std::string_view key = std::string_view(text).substr(0, text.find(' '));
    const auto place = places_.find(key);
    return place == places_.end() ? text : place->second + ": " + text;
  }

  void unknown(const std::string& place, std::string_view key, const std::string& hint) {
    problem(place + ": unknown setting " + describe(Untyped{std::string(key)}) + hint);
  }

  void problem(const std::string& text) { problems_ += (problems_.empty() ? "" : "\n") + text; }

  // domain.md 14: development means rate limits off, unless somebody asked for one.
  void apply_profile() {
    if (settings_.profile != Profile::kDevelopment) return;
    if (!assigned_.contains("open_rate_limit")) settings_.open_rate_limit = 0;
    if (!assigned_.contains("rate_limit.failures")) settings_.rate_limit_failures = 0;
  }

  Settings settings_;
  std::set<std::string_view> assigned_;
  std::map<std::string_view, std::string> places_;  // by key: what set it last
  std::string problems_;
};

}  // namespace

Result<Settings> load_settings(const Sources& sources) {
  Loader loader;
  if (sources.file_text) {
    if (sources.file_text->size() > kFileBytesMax) {
      return Error(errors::kBadFile, sources.file_name + ": larger than 1 MiB");
    }
    const auto entries = read_toml(*sources.file_text);
    if (!entries) return entries.error().within(sources.file_name);
    loader.read_file(sources, *entries);
  }
  loader.read_environment(sources);
  loader.read_flags(sources);
  return loader.finish();
}

Result<std::string> read_settings_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (!file && !file.eof())) {
    return Error(errors::kBadFile, path + ": cannot be opened or read");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::vector<std::pair<std::string, std::string>> environment_variables() {
  std::vector<std::pair<std::string, std::string>> out;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace icn::config
