#include <memory>
#include <ostream>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

void define_list(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/system/api-keys");
    if (!reply) return;
    show_table(session, *reply,
               {{"ID", "id"},
                {"ROLE", "role"},
                {"LABEL", "label"},
                {"ACTS AS", "dids", Kind::kId},
                {"MADE", "created_at", Kind::kTime},
                {"EXPIRES", "expires_at", Kind::kTime},
                {"LAST USED", "last_used_at", Kind::kTime}},
               "no API keys");
  });
}

void define_create(Command command, Session& session) {
  struct Options {
    std::string label, role = "member";
    std::vector<std::string> dids;
    std::optional<std::uint64_t> expires_at;
  };
  auto options = std::make_shared<Options>();
  command.option("--label", options->label, "for people: who has it")
      .choice("--role", options->role, {"read", "member", "validator", "operator"}, "what its bearer may do")
      .option("--did", options->dids, "DID its bearer may act as; may be given again")
      .option("--expires", options->expires_at, "Unix seconds; never when absent");
  command.runs([options, &session] {
    Json::Array dids(options->dids.begin(), options->dids.end());
    Json body = Json::object({{"label", options->label}, {"role", options->role}, {"dids", std::move(dids)}});
    if (options->expires_at) body.set("expires_at", *options->expires_at);
    const auto reply = post(session, "/system/api-keys", body);
    if (!reply) return;
    show_fields(session, *reply,
                {{"key", "key"}, {"id", "info.id"}, {"role", "info.role"}, {"acts as", "info.dids"}});
    if (!session.json) session.err << "the key is shown this once\n";
  });
}

void define_revoke(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("ID", *id, "id of the key, from `icn keys list`");
  command.runs([id, &session] {
    const auto reply = remove(session, "/system/api-keys/" + segment(*id));
    if (reply) show_fields(session, *reply, {{"id", "id"}, {"revoked", "revoked"}});
  });
}

void define_show(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/system/keys");
    if (!reply) return;
    show_fields(session, *reply,
                {{"node", "node_did"}, {"key", "key"}, {"public key", "public_key_multibase"}});
  });
}

}  // namespace

void define_keys(Command command, Session& session) {
  define_list(command.add("list", "API keys, without their secrets"), session);
  define_create(command.add("create", "make an API key; it is shown once"), session);
  define_revoke(command.add("revoke", "end an API key"), session);
  define_show(command.add("show", "the node's own public key"), session);
}

}  // namespace icn::cli
