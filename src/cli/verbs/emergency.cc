#include <memory>

#include "base/random.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/store_block.h"
#include "governance/text.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::string_view kEmergencies = "/governance/emergency";

const std::vector<View> kListViews{{"EMERGENCY", "emergency_id", Kind::kId},
                                   {"KIND", "kind"},
                                   {"STATE", "state"},
                                   {"DECLARED", "declared_at", Kind::kTime},
                                   {"ENDS", "ends_at", Kind::kTime},
                                   {"REVIEW", "review"}};

void define_declare(Command command, Session& session) {
  struct Options {
    std::string kind;
    std::string evidence;
  };
  auto options = std::make_shared<Options>();
  command
      .argument("KIND", options->kind,
                "sybil_storm, economic_drain, anomaly, governance_capture or regional_outage")
      .argument("EVIDENCE", options->evidence, "what was seen; everybody reads it")
      .footer(
          "For holders of the role committee. Joins the declaration of the same kind by others; the\n"
          "powers begin with three of them and end by themselves.");
  command.runs([options, &session] {
    Json body = Json::object({{"kind", options->kind}, {"evidence", options->evidence}});
    if (!session.key_file.empty()) {
      const auto cid = store_reason(session, options->evidence);
      if (!cid) return;
      body = Json::object({{"kind", options->kind}, {"evidence_cid", *cid}});
    }
    const auto reply =
        write(session, std::string(kEmergencies), "governance.declare_emergency", "did", std::move(body));
    if (reply) show_all(session, *reply);
  });
}

void define_list(Command command, Session& session) {
  auto page = std::make_shared<PageOptions>();
  command.page(*page, "newest first");
  command.runs([page, &session] {
    const auto reply = get(session, target(kEmergencies, {}, *page));
    if (reply) show_table(session, *reply, kListViews, "no emergency powers were ever used");
  });
}

void define_signs(Command command, Session& session) {
  command.footer("Of the last hour. A sign does nothing by itself: the committee declares an emergency.");
  command.runs([&session] {
    const auto reply = get(session, std::string(kEmergencies) + "/signs");
    if (reply) show_all(session, *reply);
  });
}

void define_show(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("EMERGENCY", *id, "its id");
  command.runs([id, &session] {
    const auto reply = get(session, std::string(kEmergencies) + "/" + segment(*id));
    if (reply) show_all(session, *reply);
  });
}

}  // namespace

void define_emergency(Command command, Session& session) {
  define_declare(command.add("declare", "declare an emergency, or join others who did"), session);
  define_signs(command.add("signs", "what the node sees that may be an emergency"), session);
  define_list(command.add("list", "uses of emergency powers"), session);
  define_show(command.add("show", "one of them: who signed, what it changes, until when"), session);
}

}  // namespace icn::cli
