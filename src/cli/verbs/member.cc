#include <memory>

#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kMemberViews{{"DID", "did", Kind::kId},
                                     {"STATUS", "status"},
                                     {"VOTES", "voting"},
                                     {"ROLES", "roles"},
                                     {"JOINED", "joined_at", Kind::kTime},
                                     {"SPONSOR", "sponsor", Kind::kId}};

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> scope, status, role;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.option("--scope", options->scope, "default: local")
      .option("--status", options->status, "pending, active, suspended or departed")
      .option("--role", options->role, "only who has this role")
      .page(options->page);
  command.runs([options, &session] {
    const auto reply =
        get(session, target("/governance/members",
                            {{"scope", options->scope}, {"status", options->status}, {"role", options->role}},
                            options->page));
    if (reply) show_table(session, *reply, kMemberViews, "no members");
  });
}

void define_show(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.optional_argument("DID", *did, "whose memberships; those of --as when absent");
  command.runs([did, &session] {
    const auto who = did_or_own(session, *did);
    if (!who) return;
    const auto reply = get(session, "/governance/members/" + segment(*who));
    if (reply) show_all(session, *reply);
  });
}

void define_pool(Command command, Session& session) {
  auto scope = std::make_shared<std::optional<std::string>>();
  command.option("--scope", *scope, "default: local")
      .footer("`icn mana transfer` pays into it; a BudgetAllocation that was decided alone pays out of it.");
  command.runs([scope, &session] {
    const auto members = get(session, target("/governance/members", {{"scope", *scope}, {"limit", "1"}}));
    if (!members) return;
    const Json* pool = members->find("pool_did");
    if (pool == nullptr || pool->string() == nullptr)
      return session.fail(kRefused, scope->value_or("local") + " has no members, and so no pool");
    const auto account = get(session, target("/economics/mana/balance", {{"did", *pool->string()}}));
    if (!account) return;
    Json shown = Json::object({{"did", *pool}});
    const auto copy = [&shown](const Json& from, std::string_view name) {
      if (const Json* found = from.find(name)) shown.set(name, *found);
    };
    copy(*account, "balance");
    copy(*members, "members");
    copy(*members, "voters");
    show_fields(session, shown,
                {{"pool", "did", Kind::kId},
                 {"balance", "balance"},
                 {"members", "members"},
                 {"who may vote", "voters"}});
  });
}

void define_enroll(Command command, Session& session) {
  struct Options {
    std::vector<std::string> dids;
    std::optional<std::string> scope, role;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->dids, "of the first members")
      .option("--scope", options->scope, "default: local")
      .option("--role", options->role, "that each of them has");
  command.runs([options, &session] {
    Json::Array members;
    for (const std::string& did : options->dids) {
      Json person = Json::object({{"did", did}});
      if (options->role) person.set("roles", Json::array({*options->role}));
      members.push_back(std::move(person));
    }
    Json body = Json::object({{"members", std::move(members)}});
    if (options->scope) body.set("scope", *options->scope);
    const auto reply = write(session, "/governance/members", "governance.enroll", "", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"scope", "scope"}, {"members", "members"}, {"block", "height"}, {"status", "status"}});
  });
}

void define_leave(Command command, Session& session) {
  auto scope = std::make_shared<std::optional<std::string>>();
  command.option("--scope", *scope, "default: local");
  command.runs([scope, &session] {
    const auto who = did_or_own(session);
    if (!who) return;
    Json body = Json(Json::Object());
    if (*scope) body.set("scope", **scope);
    const auto reply = write(session, "/governance/members/" + segment(*who) + "/leave", "governance.leave",
                             "", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"left", "scope"}, {"did", "did", Kind::kId}, {"block", "height"}, {"status", "status"}});
  });
}

}  // namespace

void define_member(Command command, Session& session) {
  define_list(command.add("list", "members of a scope"), session);
  define_show(command.add("show", "what somebody is a member of"), session);
  define_pool(command.add("pool", "the account that the members of a scope share"), session);
  define_enroll(command.add("enroll", "name the first members of a scope (operator)"), session);
  define_leave(command.add("leave", "leave a scope"), session);
}

}  // namespace icn::cli
