#include <memory>
#include <ostream>

#include "cli/cooperative_profile.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "crypto/durable_file.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::size_t kProfileFileBytesMax = 64 << 10;

const std::vector<View> kEntryViews{{"DID", "did", Kind::kId},
                                    {"NAME", "name"},
                                    {"TYPE", "type"},
                                    {"REGIONS", "regions"},
                                    {"OFFERS", "capabilities"},
                                    {"FEDERATIONS", "federations"},
                                    {"UPDATED", "updated_at", Kind::kTime}};

void define_register(Command command, Session& session) {
  auto file = std::make_shared<std::string>();
  command.argument("FILE", *file, "profile as JSON: name, type, description, geo_scope, capabilities, ...")
      .footer(
          "For the acting DID when the file names none. With --key it is signed here, else by a node that "
          "keeps the key.");
  command.runs([file, &session] {
    const auto text = crypto::read_secret_file(*file, kProfileFileBytesMax);
    if (!text.ok()) return session.fail(kFailed, text.error().detail());
    auto profile = codec::parse_json(as_text(text->view()));
    if (!profile.ok() || profile->object() == nullptr)
      return session.fail(kFailed,
                          *file + ": " + (profile.ok() ? "must be an object" : profile.error().detail()));
    const auto reply = register_profile(session, std::move(*profile));
    if (!reply) return;
    show_fields(session, *reply,
                {{"did", "did", Kind::kId}, {"profile", "cid", Kind::kId}, {"block", "height"}});
  });
}

void define_search(Command command, Session& session) {
  struct Options {
    std::optional<std::string> query, type, capability, region, federation, cursor;
  };
  auto options = std::make_shared<Options>();
  command.option("--text", options->query, "in name or description")
      .option("--type", options->type, "worker, consumer, housing, ...")
      .option("--offers", options->capability, "type of a capability")
      .option("--region", options->region, "a part of where it is")
      .option("--federation", options->federation, "id of one it is a member of")
      .option("--cursor", options->cursor, "go on where a list ended");
  command.runs([options, &session] {
    Json body = Json(Json::Object());
    const std::pair<const char*, const std::optional<std::string>&> conditions[] = {
        {"query", options->query},           {"type", options->type},
        {"capability", options->capability}, {"region", options->region},
        {"federation", options->federation}, {"cursor", options->cursor}};
    for (const auto& [name, value] : conditions) {
      if (value) body.set(name, *value);
    }
    const auto reply = post(session, "/cooperative/search", body);
    if (reply) show_table(session, *reply, kEntryViews, "no cooperatives");
  });
}

void define_show(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.argument("DID", *did, "of the cooperative");
  command.runs([did, &session] {
    const auto reply = get(session, "/cooperative/profile/" + segment(*did));
    if (reply) show_all(session, *reply);
  });
}

void define_providers(Command command, Session& session) {
  auto type = std::make_shared<std::string>();
  command.argument("TYPE", *type, "of the capability, as compute");
  command.runs([type, &session] {
    const auto reply = get(session, "/cooperative/capabilities/" + segment(*type));
    if (reply) show_table(session, *reply, kEntryViews, "nobody offers it");
  });
}

void define_stats(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/cooperative/registry/stats");
    if (reply) show_all(session, *reply);
  });
}

void define_cooperative_trust(Command command, Session& session) {
  struct Options {
    std::string to, level, context = "general";
    std::optional<std::string> metadata;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->to, "who is trusted")
      .choice("LEVEL", options->level, {"none", "basic", "partial", "full"}, "how far; none takes it back")
      .choice("--context", options->context,
              {"governance", "resource_sharing", "mutual_credit", "identity", "infrastructure",
               "data_sharing", "general", "custom"},
              "in what")
      .option("--metadata", options->metadata, "CID of a block with what else is said");
  command.runs([options, &session] {
    Json body = Json::object({{"to", options->to}, {"level", options->level}, {"context", options->context}});
    if (options->metadata) body.set("metadata_cid", *options->metadata);
    const auto reply = write(session, "/cooperative/trust", "cooperative.trust", "from", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"who trusts", "from", Kind::kId},
                 {"whom", "to", Kind::kId},
                 {"how far", "level"},
                 {"in", "context"},
                 {"block", "height"}});
  });
}

void define_trusted(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.argument("DID", *did, "of the cooperative");
  command.runs([did, &session] {
    const auto reply = get(session, "/cooperative/trust/" + segment(*did));
    if (!reply) return;
    if (session.json) return show_json(session, *reply);
    Json::Array edges;
    for (const char* const list : {"outgoing", "incoming"}) {
      const Json* const items = reply->find(list);
      if (items == nullptr || items->array() == nullptr) continue;
      edges.insert(edges.end(), items->array()->begin(), items->array()->end());
    }
    if (edges.empty()) {
      session.out << "it trusts nobody on this ledger, and nobody trusts it\n";
      return;
    }
    session.out << table_text(edges,
                              {{"WHO", "from", Kind::kId},
                               {"TRUSTS", "to", Kind::kId},
                               {"HOW FAR", "level"},
                               {"IN", "context"},
                               {"SINCE", "created_at", Kind::kTime}},
                              session.is_terminal);
  });
}

}  // namespace

void define_cooperative(Command command, Session& session) {
  define_register(command.add("register", "enter a cooperative's profile into the directory"), session);
  define_search(command.add("search", "find cooperatives"), session);
  define_show(command.add("show", "a cooperative's profile"), session);
  define_providers(command.add("providers", "who offers a capability"), session);
  define_cooperative_trust(command.add("trust", "say how far a cooperative trusts another"), session);
  define_trusted(command.add("trusted", "who trusts a cooperative, and whom it trusts"), session);
  define_stats(command.add("stats", "how many there are, by type, region and federation"), session);
}

}  // namespace icn::cli
