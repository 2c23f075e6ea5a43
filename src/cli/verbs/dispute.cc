#include <memory>

#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/store_block.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::string_view kDisputes = "/disputes";

const std::vector<View> kListViews{{"DISPUTE", "dispute_id", Kind::kId},
                                   {"TYPE", "type"},
                                   {"LEVEL", "level"},
                                   {"STATE", "state"},
                                   {"BY", "opener_did", Kind::kId},
                                   {"AGAINST", "against_did", Kind::kId},
                                   {"NEXT", "next_deadline", Kind::kTime}};
const std::vector<View> kStandingViews{{"dispute", "dispute_id", Kind::kId},
                                       {"state", "state"},
                                       {"stake", "stake"},
                                       {"next", "next_deadline", Kind::kTime},
                                       {"block", "height"}};

std::string path_of(const std::string& id, std::string_view act = {}) {
  return std::string(kDisputes) + "/" + segment(id) + std::string(act);
}

// Puts a text that everybody reads into `body`: as it is under `name`, or with --key as the CID of its block
// under `name` and "_cid". False: it has been said why not.
bool set_text(Session& session, Json& body, const std::string& name, const std::string& text) {
  if (session.key_file.empty()) {
    body.set(name, text);
    return true;
  }
  const auto cid = store_reason(session, text);
  if (cid) body.set(name + "_cid", *cid);
  return cid.has_value();
}

struct OpenOptions {
  std::string against, statement;
  std::string type = "governance", level = "direct";
  std::optional<std::string> scope, subject, value, appeal_of;
};

std::optional<Json> body_of(Session& session, const OpenOptions& options) {
  Json body = Json::object({{"against", options.against}, {"type", options.type}, {"level", options.level}});
  if (options.scope) body.set("scope", *options.scope);
  if (options.subject) body.set("subject", *options.subject);
  if (options.appeal_of) body.set("appeal_of", *options.appeal_of);
  if (options.value) {
    if (!codec::read_decimal(*options.value, 3).ok()) {
      session.fail(kUsage, "--value: \"" + *options.value + "\" is no amount of mana");
      return std::nullopt;
    }
    body.set("value", Json::Number{*options.value});
  }
  if (!set_text(session, body, "statement", options.statement)) return std::nullopt;
  return body;
}

void define_open(Command command, Session& session) {
  auto options = std::make_shared<OpenOptions>();
  command.argument("DID", options->against, "the other party")
      .argument("STATEMENT", options->statement, "what it is about; everybody reads it")
      .choice("--level", options->level, {"direct", "mediation", "arbitration", "appeal"},
              "who decides: the two, a mediator, or the members by vote")
      .choice("--type", options->type, {"economic", "governance", "technical", "inter_org"},
              "kind of dispute")
      .option("--scope", options->scope, "default: local")
      .option("--subject", options->subject, "id or CID of what it is about")
      .option("--value", options->value, "mana in dispute")
      .option("--appeal-of", options->appeal_of, "of an appeal: the dispute that was arbitrated")
      .footer("Locks the stake of the level, which comes back unless the dispute is rejected.");
  command.runs([options, &session] {
    auto body = body_of(session, *options);
    if (!body) return;
    const auto reply =
        write(session, std::string(kDisputes), "governance.open_dispute", "did", std::move(*body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> party;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.option("--of", options->party, "DID: only those with this party")
      .page(options->page, "newest first");
  command.runs([options, &session] {
    const auto reply = get(session, target(kDisputes, {{"did", options->party}}, options->page));
    if (reply) show_table(session, *reply, kListViews, "no disputes");
  });
}

void define_show(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("DISPUTE", *id, "its id");
  command.runs([id, &session] {
    const auto reply = get(session, path_of(*id));
    if (reply) show_all(session, *reply);
  });
}

void define_evidence(Command command, Session& session) {
  struct Options {
    std::string id, text;
  };
  auto options = std::make_shared<Options>();
  command.argument("DISPUTE", options->id, "its id")
      .argument("TEXT", options->text, "what one knows; everybody reads it");
  command.runs([options, &session] {
    Json body = Json(Json::Object());
    if (!session.key_file.empty()) body.set("dispute_id", options->id);
    if (!set_text(session, body, "evidence", options->text)) return;
    const auto reply =
        write(session, path_of(options->id, "/evidence"), "governance.add_evidence", "did", std::move(body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

void define_resolve(Command command, Session& session) {
  struct Options {
    std::string id, outcome;
  };
  auto options = std::make_shared<Options>();
  command.argument("DISPUTE", options->id, "its id")
      .choice("OUTCOME", options->outcome, {"withdrawn", "upheld", "rejected", "settled"},
              "how it ends, or in a vote whom one finds right")
      .footer(
          "Who opened it withdraws it; the other party concedes with upheld; a mediator says upheld, "
          "rejected\n"
          "or settled. While an arbitration is voted on, each member says upheld or rejected.");
  command.runs([options, &session] {
    Json body = Json::object({{"outcome", options->outcome}});
    if (!session.key_file.empty()) body.set("dispute_id", options->id);
    const auto reply = write(session, path_of(options->id, "/resolve"), "governance.resolve_dispute", "did",
                             std::move(body));
    if (reply) show_fields(session, *reply, kStandingViews);
  });
}

}  // namespace

void define_dispute(Command command, Session& session) {
  define_open(command.add("open", "open a dispute with another member"), session);
  define_list(command.add("list", "disputes, newest first"), session);
  define_show(command.add("show", "one dispute: parties, evidence, votes"), session);
  define_evidence(command.add("evidence", "say what one knows about a dispute"), session);
  define_resolve(command.add("resolve", "end a dispute, or vote on one that is arbitrated"), session);
}

}  // namespace icn::cli
