#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace icn::cli {

// Which part of a list: what was given, as text.
struct PageOptions {
  std::optional<std::string> limit;
  std::optional<std::string> cursor;
};

// A verb or a verb below it, as its file declares it: what it takes and what it does. Hides the command
// line library. What the references point to must live until the command line has run: a verb keeps its
// options in a shared_ptr that its `runs` function holds.
class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  // A verb below this one. A command has verbs below it or runs itself.
  Command add(const std::string& name, const std::string& doc);
  // A verb below one that also runs itself. Whatever is given, both run, the verb below first.
  Command add_optional(const std::string& name, const std::string& doc);

  // By place; `name` stands for it in the help.
  Command& argument(const std::string& name, std::string& value, const std::string& doc);
  Command& argument(const std::string& name, std::uint64_t& value, const std::string& doc);
  Command& optional_argument(const std::string& name, std::string& value, const std::string& doc);
  Command& optional_argument(const std::string& name, std::vector<std::string>& values,
                             const std::string& doc);

  // `names` as in "--input,-i"; `value` as given is the default. A vector takes one value each time.
  Command& option(const std::string& names, std::string& value, const std::string& doc);
  Command& option(const std::string& names, std::optional<std::string>& value, const std::string& doc);
  Command& option(const std::string& names, std::uint64_t& value, const std::string& doc);
  Command& option(const std::string& names, std::optional<std::uint64_t>& value, const std::string& doc);
  Command& option(const std::string& names, std::vector<std::string>& values, const std::string& doc);
  // --limit and --cursor; `order` as in "newest first", or empty.
  Command& page(PageOptions& page, const std::string& order = "");
  Command& flag(const std::string& names, bool& value, const std::string& doc);
  // Only one of these values. By place when `names` is no option; it may not be left out then.
  Command& choice(const std::string& names, std::string& value, const std::vector<std::string>& allowed,
                  const std::string& doc);

  // Takes every option it does not know, as written; options of `icn` itself stand before the verb then.
  Command& unknown_options(std::vector<std::string>& rest);
  Command& footer(const std::string& text);
  Command& runs(std::function<void()> action);

 private:
  CLI::App* app_;
};

}  // namespace icn::cli
