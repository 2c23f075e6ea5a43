#include <memory>
#include <ostream>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {

using codec::Json;

void define_status(Command command, Session& session) {
  command.runs([&session] {
    const auto info = get(session, "/system/info");
    const auto status = info ? get(session, "/system/status") : std::nullopt;
    const auto health = status ? get(session, "/system/health") : std::nullopt;
    if (!health) return;
    const Json all = Json::object({{"info", *info}, {"status", *status}, {"health", *health}});
    show_fields(session, all,
                {{"node", "info.name"},
                 {"did", "info.node_did"},
                 {"version", "info.version"},
                 {"network", "info.network_id"},
                 {"profile", "info.profile"},
                 {"store", "info.backend"},
                 {"up (s)", "info.uptime_secs"},
                 {"health", "health.status"},
                 {"parts", "health.checks"},
                 {"takes writes", "status.is_online"},
                 {"has a quorum", "status.has_quorum"},
                 {"in sync", "status.in_sync"},
                 {"block", "status.current_block_height"},
                 {"block time", "status.current_block_time", Kind::kTime},
                 {"waiting", "status.transactions_waiting"},
                 {"jobs", "status.jobs"},
                 {"mana", "status.mana_supply"},
                 {"peers", "status.peer_count"}});
    const Json* is_online = status->find("is_online");
    if (is_online != nullptr && is_online->boolean() != nullptr && !*is_online->boolean()) {
      session.fail(kNotMet, "the node takes no writes; `parts` above says why");
    }
  });
}

void define_events(Command command, Session& session) {
  struct Options {
    std::optional<std::string> types, since;
    std::uint64_t count = 0;
  };
  auto options = std::make_shared<Options>();
  command.option("--types", options->types, "only these, with commas between")
      .option("--since", options->since, "from this sequence number on")
      .option("--count", options->count, "stop after so many; 0: never")
      .footer("Ctrl-C ends it.");
  command.runs([options, &session] {
    std::uint64_t seen = 0;
    follow(session, target("/system/events", {{"types", options->types}, {"since", options->since}}),
           [&](const http::ServerSentEvent& event) {
             if (session.json) {
               session.out << event.data << std::endl;
             } else {
               session.out << event.id << "  " << event.type << "  " << event.data << std::endl;
             }
             return ++seen != options->count;
           });
  });
}

}  // namespace icn::cli
