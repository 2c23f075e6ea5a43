#include "cli/verbs/proposal_actions.h"

#include <sstream>

#include "cli/remote.h"

namespace icn::cli {
namespace {

using codec::Json;

Json action_of(std::string_view type, Json data) {
  return Json::object({{"type", type}, {"data", std::move(data)}});
}

// Parts "NAME=VALUE"; false: it has been said.
bool add_pairs(Session& session, Json::Array& out, std::string_view type,
               const std::vector<std::string>& given, std::string_view name, std::string_view value,
               bool is_number) {
  for (const std::string& each : given) {
    const std::size_t sign = each.rfind('=');
    if (sign == std::string::npos) {
      session.fail(kUsage, "\"" + each + "\": must be like NAME=VALUE");
      return false;
    }
    const std::string right = each.substr(sign + 1);
    if (is_number && !codec::read_decimal(right, 3).ok()) {
      session.fail(kUsage, "\"" + each + "\": \"" + right + "\" is no number");
      return false;
    }
    out.push_back(action_of(
        type, Json::object({{std::string(name), each.substr(0, sign)},
                            {std::string(value), is_number ? Json(Json::Number{right}) : Json(right)}})));
  }
  return true;
}

// DID, or of who is admitted DID=ROLE,ROLE.
Json of_member(const std::string& text) {
  const std::size_t sign = text.find('=');
  Json out = Json::object({{"did", text.substr(0, sign)}});
  if (sign == std::string::npos) return out;
  Json::Array roles;
  std::istringstream rest(text.substr(sign + 1));
  for (std::string role; std::getline(rest, role, ',');) roles.push_back(role);
  out.set("roles", std::move(roles));
  return out;
}

}  // namespace

std::optional<Json::Array> actions_of(Session& session, const ActionOptions& options) {
  Json::Array out;
  if (!add_pairs(session, out, "UpdateParameter", options.set, "name", "value", true) ||
      !add_pairs(session, out, "BudgetAllocation", options.budget, "recipient", "amount", true) ||
      !add_pairs(session, out, "GrantRole", options.grant, "did", "role", false) ||
      !add_pairs(session, out, "RevokeRole", options.revoke, "did", "role", false))
    return {};
  const std::pair<const char*, const std::vector<std::string>&> of_members[] = {
      {"AdmitMember", options.admit}, {"SuspendMember", options.suspend}, {"RemoveMember", options.remove}};
  for (const auto& [type, dids] : of_members) {
    for (const std::string& did : dids) out.push_back(action_of(type, of_member(did)));
  }
  if (options.upgrade)
    out.push_back(action_of("SoftwareUpgrade", Json::object({{"version", *options.upgrade}})));
  for (const std::string& text : options.json) {
    auto action = codec::parse_json(text);
    if (!action.ok()) {
      session.fail(kUsage, "--action: " + action.error().detail());
      return {};
    }
    out.push_back(std::move(action).value());
  }
  return out;
}

}  // namespace icn::cli
