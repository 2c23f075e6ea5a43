#include "cli/command.h"

#include <CLI/CLI.hpp>

namespace icn::cli {
namespace {

template <typename T>
CLI::Option* add_option(CLI::App& app, const std::string& names, T& value, const std::string& doc) {
  return app.add_option(names, value, doc);
}

// What a footer says of a verb holds of it alone.
Command below(CLI::App& app, const std::string& name, const std::string& doc) {
  CLI::App* const added = app.add_subcommand(name, doc);
  added->footer("");
  return Command(*added);
}

}  // namespace

Command Command::add(const std::string& name, const std::string& doc) {
  app_->require_subcommand(1);
  return below(*app_, name, doc);
}

Command Command::add_optional(const std::string& name, const std::string& doc) {
  app_->require_subcommand(0, 1);
  return below(*app_, name, doc);
}

Command& Command::argument(const std::string& name, std::string& value, const std::string& doc) {
  add_option(*app_, name, value, doc)->required();
  return *this;
}

Command& Command::argument(const std::string& name, std::uint64_t& value, const std::string& doc) {
  add_option(*app_, name, value, doc)->required();
  return *this;
}

Command& Command::optional_argument(const std::string& name, std::string& value, const std::string& doc) {
  add_option(*app_, name, value, doc);
  return *this;
}

Command& Command::optional_argument(const std::string& name, std::vector<std::string>& values,
                                    const std::string& doc) {
  add_option(*app_, name, values, doc);
  return *this;
}

Command& Command::option(const std::string& names, std::string& value, const std::string& doc) {
  add_option(*app_, names, value, doc)->capture_default_str();
  return *this;
}

Command& Command::option(const std::string& names, std::optional<std::string>& value,
                         const std::string& doc) {
  add_option(*app_, names, value, doc);
  return *this;
}

Command& Command::option(const std::string& names, std::uint64_t& value, const std::string& doc) {
  add_option(*app_, names, value, doc)->capture_default_str();
  return *this;
}

Command& Command::option(const std::string& names, std::optional<std::uint64_t>& value,
                         const std::string& doc) {
  add_option(*app_, names, value, doc);
  return *this;
}

Command& Command::option(const std::string& names, std::vector<std::string>& values, const std::string& doc) {
  add_option(*app_, names, values, doc)->allow_extra_args(false);
  return *this;
}

Command& Command::page(PageOptions& page, const std::string& order) {
  return option("--limit", page.limit, "at most so many" + (order.empty() ? "" : ", " + order))
      .option("--cursor", page.cursor, "go on where a list ended");
}

Command& Command::flag(const std::string& names, bool& value, const std::string& doc) {
  app_->add_flag(names, value, doc);
  return *this;
}

Command& Command::choice(const std::string& names, std::string& value,
                         const std::vector<std::string>& allowed, const std::string& doc) {
  CLI::Option* option =
      add_option(*app_, names, value, doc)->check(CLI::IsMember(allowed))->capture_default_str();
  if (option->get_positional()) option->required();
  return *this;
}

Command& Command::unknown_options(std::vector<std::string>& rest) {
  app_->fallthrough(false);
  app_->allow_extras();
  app_->parse_complete_callback([app = app_, &rest] { rest = app->remaining(); });
  return *this;
}

Command& Command::footer(const std::string& text) {
  app_->footer(text);
  return *this;
}

Command& Command::runs(std::function<void()> action) {
  app_->final_callback(std::move(action));
  return *this;
}

}  // namespace icn::cli
