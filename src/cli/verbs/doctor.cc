#include <memory>
#include <ostream>

#include "cli/health_checks.h"
#include "cli/node_settings.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "node/engines.h"

namespace icn::cli {
namespace {

using codec::Json;

// What the node answers, or nothing; says nothing.
std::optional<Json> ask_quietly(const Session& session, const std::string& path) {
  std::ostream nowhere(nullptr);
  Session quiet{session.in, nowhere, nowhere, session.clock, session.random};
  quiet.url = session.url;
  quiet.data_path = session.data_path;
  quiet.api_key = session.api_key;
  return get(quiet, path);
}

std::optional<Json::Array> items_of(const Session& session, const std::string& path) {
  const auto reply = ask_quietly(session, path);
  const Json* const items = reply ? reply->find("items") : nullptr;
  return items != nullptr && items->array() != nullptr ? std::optional(*items->array()) : std::nullopt;
}

std::string text_at(const std::optional<Json>& json, std::string_view path) {
  return json ? cell_text(find_path(*json, path), Kind::kText, false) : std::string();
}

std::vector<Finding> check_node(const Session& session, const config::Settings* settings) {
  const auto info = ask_quietly(session, "/system/info");
  if (!info) {
    std::vector<Finding> out{
        {"node", Verdict::kHint, "none answers at " + session.url, "start one with `icn node`"}};
    const auto address =
        settings != nullptr ? config::parse_listen_address(settings->http_listen_addr) : std::nullopt;
    if (address && address->port != 0) out.push_back(check_port(*address));
    return out;
  }
  std::vector<Finding> out{{"node", Verdict::kOk, text_at(info, "name") + " answers at " + session.url, ""}};
  const std::string version = text_at(info, "version");
  out.push_back(version == ICN_VERSION
                    ? Finding{"version", Verdict::kOk, "node and this program are " + version, ""}
                    : Finding{"version", Verdict::kHint,
                              "the node is " + version + ", this program " ICN_VERSION,
                              "restart the node after an update"});
  const auto health = ask_quietly(session, "/system/health");
  const bool is_well = text_at(health, "status") == "ok";
  out.push_back({"node's parts", is_well ? Verdict::kOk : Verdict::kProblem, text_at(health, "checks"),
                 is_well ? "" : "the node's log says more"});
  const auto keys = ask_quietly(session, "/system/keys");
  out.push_back(
      keys ? Finding{"operator", Verdict::kOk, "the API key of " + session.data_path + " is accepted", ""}
           : Finding{"operator", Verdict::kHint, "no operator API key that this node accepts",
                     "name its data folder with --data, or set ICN_API_KEY"});
  const auto api_keys = keys ? items_of(session, "/system/api-keys") : std::nullopt;
  if (api_keys && settings != nullptr)
    out.push_back(check_key_age(*api_keys, settings->key_rotation_days, session.clock.now_secs()));
  if (const auto invariants = keys ? items_of(session, "/system/invariants") : std::nullopt)
    out.push_back(check_invariants(*invariants));
  return out;
}

// Of the server whose database the node uses.
std::vector<Finding> check_database(const config::Settings& settings) {
  if (!node::uses_postgresql(settings)) return {};
  const auto warning = node::database_warning(settings);
  if (!warning.ok())
    return {{"database", Verdict::kProblem, warning.error().detail(),
             "start it, or correct storage.postgresql.url"}};
  if (!warning->empty())
    return {{"database", Verdict::kHint, *warning, "turn them on; a page that is damaged is named then"}};
  return {{"database", Verdict::kOk, "answers, and keeps sums of its pages", ""}};
}

TimestampSecs node_time(const Session& session) {
  const auto health = ask_quietly(session, "/system/health");
  const Json* at = health ? health->find("timestamp") : nullptr;
  if (at == nullptr || at->number() == nullptr) return 0;
  const auto secs = codec::read_uint64(*at->number());
  return secs.ok() ? *secs : 0;
}

std::string_view verdict_name(Verdict verdict) {
  return verdict == Verdict::kOk ? "ok" : verdict == Verdict::kHint ? "hint" : "problem";
}

Json findings_json(const std::vector<Finding>& findings) {
  Json::Array items;
  for (const Finding& each : findings) {
    items.push_back(Json::object({{"check", each.what},
                                  {"verdict", verdict_name(each.verdict)},
                                  {"detail", each.detail},
                                  {"remedy", each.remedy}}));
  }
  return Json::object({{"items", std::move(items)}});
}

void examine(Session& session, const std::string& config_file) {
  std::vector<Finding> findings;
  const auto settings = load_node_settings(session, config_file);
  findings.push_back(settings.ok()
                         ? Finding{"settings", Verdict::kOk, "valid", ""}
                         : Finding{"settings", Verdict::kProblem, settings.error().detail(), "correct them"});
  const auto add = [&](const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  if (settings.ok()) {
    add(check_permissions(*settings));
    add({check_disk(settings->data_path), check_open_files(settings->http_connections_max)});
    add(check_database(*settings));
  }
  add(check_node(session, settings.ok() ? &*settings : nullptr));
  add(check_clock(session.clock.now_secs(), node_time(session)));
  show_table(session, findings_json(findings),
             {{"CHECK", "check"}, {"", "verdict"}, {"FOUND", "detail"}, {"WHAT TO DO", "remedy"}}, "");
  for (const Finding& each : findings) {
    if (each.verdict == Verdict::kProblem) session.exit_code = kNotMet;
  }
}

}  // namespace

void define_doctor(Command command, Session& session) {
  auto config_file = std::make_shared<std::string>();
  command.option("--config", *config_file, "settings file of the node");
  command.runs([config_file, &session] { examine(session, *config_file); });
}

}  // namespace icn::cli
