#include <istream>
#include <memory>
#include <ostream>

#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "governance/scope.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kDaySecs = 86'400;
constexpr std::string_view kPath = "/identity/invitations";

void define_create(Command command, Session& session) {
  struct Options {
    std::string label, role = "member", scope;
    std::vector<std::string> dids, member_roles;
    std::optional<std::uint64_t> days, key_days;
  };
  auto options = std::make_shared<Options>();
  command.option("--label", options->label, "for people: who is invited")
      .choice("--role", options->role, {"read", "member", "validator", "operator"},
              "what the key's bearer may do")
      .option("--scope", options->scope, "whose member the bearer becomes: local, group:NAME, ...")
      .option("--member-role", options->member_roles, "role it has there; may be given again")
      .option("--did", options->dids, "DID the key's bearer may act as; may be given again")
      .option("--days", options->days, "how long the code works, 90 at most; 7 when absent")
      .option("--key-days", options->key_days, "how long the key works; for ever when absent")
      .footer(
          "Who is invited types `icn invite accept CODE` with a DID (--key). Where members decide who "
          "joins, that says what to propose to them.");
  command.runs([options, &session] {
    Json::Array dids(options->dids.begin(), options->dids.end());
    Json body = Json::object(
        {{"label", options->label},
         {"role", options->role},
         {"scope", options->scope},
         {"dids", std::move(dids)},
         {"member_roles", Json::Array(options->member_roles.begin(), options->member_roles.end())}});
    if (options->days) body.set("expires_at", session.clock.now_secs() + *options->days * kDaySecs);
    if (options->key_days) body.set("key_ttl", *options->key_days * kDaySecs);
    const auto reply = post(session, std::string(kPath), body);
    if (!reply) return;
    show_fields(session, *reply,
                {{"code", "code"},
                 {"id", "info.id"},
                 {"role", "info.role"},
                 {"expires", "info.expires_at", Kind::kTime}});
    if (!session.json)
      session.err << "the code is shown this once and works once: `icn invite accept CODE`\n";
  });
}

void define_list(Command command, Session& session) {
  auto page = std::make_shared<PageOptions>();
  command.page(*page);
  command.runs([page, &session] {
    const auto reply = get(session, target(kPath, {}, *page));
    if (!reply) return;
    show_table(session, *reply,
               {{"ID", "id"},
                {"STATE", "state"},
                {"ROLE", "role"},
                {"LABEL", "label"},
                {"SCOPE", "scope"},
                {"MADE", "created_at", Kind::kTime},
                {"EXPIRES", "expires_at", Kind::kTime},
                {"ACCEPTED", "accepted_at", Kind::kTime},
                {"GAVE KEY", "api_key_id"}},
               "no invitations");
  });
}

void define_revoke(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("ID", *id, "id of the invitation, from `icn invite list`");
  command.runs([id, &session] {
    const auto reply = remove(session, std::string(kPath) + "/" + segment(*id));
    if (reply) show_fields(session, *reply, {{"id", "id"}, {"revoked", "revoked"}});
  });
}

bool has_members(Session& session, const std::string& scope) {
  if (scope.empty() || !governance::parse_scope(scope).ok()) return false;
  const auto reply = get(session, target("/governance/members", {{"scope", scope}, {"limit", "1"}}));
  const Json* members = reply ? reply->find("members") : nullptr;
  session.exit_code = kOk;  // the key was given, whatever this came to
  return members != nullptr && members->number() != nullptr && members->number()->text != "0";
}

std::string text_at(const Json& from, std::string_view path) {
  const Json* found = find_path(from, path);
  return found != nullptr && found->string() != nullptr ? *found->string() : "";
}

// What became of the DIDs that came along; false: none did.
bool say_admissions(Session& session, const Json& reply) {
  const Json* list = find_path(reply, "admissions");
  if (list == nullptr || list->array() == nullptr) return false;
  for (const Json& each : *list->array()) {
    const std::string did = text_at(each, "did");
    const std::string scope = harmless(text_at(each, "scope"));
    const std::string state = text_at(each, "state");
    if (state == "member") {
      session.err << did << " is a member of " << scope << "\n";
      continue;
    }
    session.err << did << " is no member of " << scope << " yet: " << harmless(text_at(each, "reason"))
                << "\n";
    if (state != "by_vote") continue;
    std::string roles;
    const Json* named = find_path(each, "action.data.roles");
    if (named != nullptr && named->array() != nullptr) {
      for (const Json& role : *named->array())
        roles += (roles.empty() ? "=" : ",") + (role.string() != nullptr ? *role.string() : "");
    }
    session.err << "  ask one of its members: icn proposal create TEXT --admit " << did << roles
                << " --scope " << scope << "\n";
  }
  return !list->array()->empty();
}

// A key for the node makes nobody a member: its scope does.
void say_next_steps(Session& session, const Json& reply) {
  if (say_admissions(session, reply)) return;
  const Json* scope = find_path(reply, "info.scope");
  const Json* dids = find_path(reply, "info.dids");
  const std::string label = scope != nullptr && scope->string() != nullptr ? *scope->string() : "";
  const bool is_known = has_members(session, label);
  const std::string option = is_known ? " --scope " + label : "";
  const Json* own = dids != nullptr && dids->array() != nullptr && !dids->array()->empty()
                        ? &dids->array()->front()
                        : nullptr;
  session.err << "to become a member:\n";
  if (own == nullptr)
    session.err << "  icn did key new me.key && icn --key me.key did create    a DID of your own\n";
  session.err << "  icn member list" << option << "    who is one; your DID may be in already\n"
              << "  else ask one of them: icn proposal create TEXT --admit "
              << (own != nullptr && own->string() != nullptr ? *own->string() : "YOUR-DID") << option << "\n";
  if (!label.empty() && !is_known)
    session.err << "  (the invitation says " << harmless(label)
                << ": no scope of that name has members on this ledger)\n";
}

void define_accept(Command command, Session& session) {
  struct Options {
    std::string code, retry;
  };
  auto options = std::make_shared<Options>();
  command.argument("CODE", options->code, "the code; - reads it from standard input")
      .option("--retry", options->retry, "what a lost answer said to add: gets the same key again")
      .footer("With --key the API key may also act as the DID of that key file.");
  command.runs([options, &session] {
    std::string code = options->code;
    if (code == "-") session.in >> code;
    if (!session.key_file.empty() && !open_session(session)) return;
    const std::string retry = options->retry.empty() ? hex_encode(session.random.bytes(16)) : options->retry;
    const auto reply = post(session, std::string(kPath) + "/accept", Json::object({{"code", code}}), retry);
    if (!reply) {
      if (session.exit_code != kRefused)
        session.err << "icn: the code may be used all the same; to get its key add --retry " << retry << "\n";
      return;
    }
    show_fields(session, *reply,
                {{"key", "key"},
                 {"role", "info.role"},
                 {"scope", "info.scope"},
                 {"acts as", "info.dids"},
                 {"expires", "info.expires_at", Kind::kTime}});
    if (session.json) return;
    session.err << "the key is shown this once; use it as ICN_API_KEY\n";
    say_next_steps(session, *reply);
  });
}

}  // namespace

void define_invite(Command command, Session& session) {
  define_create(command.add("create", "make a code; it is shown once (operator)"), session);
  define_list(command.add("list", "invitations of the last 30 days, without their codes (operator)"),
              session);
  define_revoke(command.add("revoke", "withdraw a code that nobody has used (operator)"), session);
  define_accept(command.add("accept", "turn a code into an API key"), session);
}

}  // namespace icn::cli
