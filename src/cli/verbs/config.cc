#include <memory>
#include <ostream>

#include "cli/node_settings.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

void define_show(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/system/config");
    if (!reply) return;
    const codec::Json* toml = reply->find("toml");
    if (session.json || toml == nullptr || toml->string() == nullptr) return show_json(session, *reply);
    session.out << *toml->string();
  });
}

void define_check(Command command, Session& session) {
  auto file = std::make_shared<std::string>();
  command.optional_argument("FILE", *file, "settings file; the ICN_* variables alone when absent");
  command.runs([file, &session] {
    const auto settings = load_node_settings(*file, {});
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    if (session.json) return show_json(session, codec::Json::object({{"ok", true}}));
    session.out << "the settings are valid; `icn node --check` prints them all\n";
  });
}

void define_page(Command command, Session& session) {
  command.runs([&session] { session.out << config::reference_page(); });
}

}  // namespace

void define_config(Command command, Session& session) {
  define_show(command.add("show", "effective settings of a running node, secrets left out"), session);
  define_check(command.add("check", "whether a settings file is valid"), session);
  define_page(command.add("reference", "print docs/reference/settings.md"), session);
}

}  // namespace icn::cli
