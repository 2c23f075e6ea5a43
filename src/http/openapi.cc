#include "http/openapi.h"

#include <algorithm>
#include <map>
#include <set>

namespace icn::http {
namespace {

using codec::Json;

constexpr std::string_view kProblemRef = "#/components/schemas/Problem";

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

Json content(const std::string& type, Json schema) {
  return Json::object({{type, Json::object({{"schema", std::move(schema)}})}});
}

Json problem_schema() {
  const auto text = [](const char* description) {
    return Json::object({{"type", "string"}, {"description", description}});
  };
  return Json::object({{"type", "object"},
                       {"description", "RFC 9457 problem details"},
                       {"properties", Json::object({{"type", text("always about:blank")},
                                                    {"title", text("the same for every occurrence")},
                                                    {"status", Json::object({{"type", "integer"}})},
                                                    {"detail", text("what was wrong and what is allowed")},
                                                    {"code", text("what programs compare")},
                                                    {"correlation_id", text("also in x-correlation-id")},
                                                    {"instance", text("the path")}})},
                       {"required", Json::array({"type", "title", "status", "detail", "code"})}});
}

std::vector<std::string> path_names(const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
    std::string name = path.substr(at + 1, path.find('}', at) - at - 1);
    if (name.ends_with("...")) name.resize(name.size() - 3);
    names.push_back(std::move(name));
  }
  return names;
}

// "{path...}" as the document writes it: "{path}".
std::string template_of(std::string path) {
  if (path.ends_with("...}")) path.replace(path.size() - 4, 4, "}");
  return path;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_required(const Json& schema, std::string_view name) {
  const Json* required = schema.find("required");
  if (required == nullptr) return false;
  return std::any_of(required->array()->begin(), required->array()->end(),
                     [&](const Json& each) { return *each.string() == name; });
}

Json parameter(const std::string& name, const char* in, bool required, Json schema) {
  Json out = Json::object({{"name", name}, {"in", in}, {"required", required}});
  if (const Json* description = schema.find("description")) {
    out.set("description", *description);
    schema.erase("description");
  }
  if (const Json* type = schema.find("type"); type && type->string() && *type->string() == "array") {
    out.set("explode", false);  // "a,b"
  }
  out.set("schema", std::move(schema));
  return out;
}

// Path and query parameters. What is left of a POST's input is its body.
Json::Array parameters_of(const Route& route, const Json& input, Json* body) {
  Json::Array parameters;
  const std::vector<std::string> names = path_names(route.path);
  const Json* properties = input.find("properties");
  for (const std::string& name : names) {
    const Json* schema = properties ? properties->find(name) : nullptr;
    parameters.push_back(
        parameter(name, "path", true, schema ? *schema : Json::object({{"type", "string"}})));
  }
  if (properties == nullptr) return parameters;
  const bool takes_query = route.method == Method::kGet || route.method == Method::kDelete;
  for (const auto& [name, schema] : *properties->object()) {
    if (has(names, name)) {
      if (body) {
        Json left = *body->find("properties");
        left.erase(name);
        body->set("properties", std::move(left));
        if (const Json* required = body->find("required")) {
          Json::Array kept;
          for (const Json& each : *required->array()) {
            if (*each.string() != name) kept.push_back(each);
          }
          kept.empty() ? body->erase("required") : body->set("required", std::move(kept));
        }
      }
    } else if (takes_query) {
      parameters.push_back(parameter(name, "query", is_required(input, name), schema));
    }
  }
  return parameters;
}

// A named input stands among the components; its fields are needed here.
Json resolved(const Json& schema, const codec::SchemaComponents& components) {
  const Json* reference = schema.find("$ref");
  if (reference == nullptr) return schema;
  return components.all().find(reference->string()->substr(21))->second;  // after "#/components/schemas/"
}

void add_problem(std::map<int, std::string>& problems, const ErrorKind& kind) {
  std::string& text = problems[status_of(kind.category)];
  if (text.find("`" + std::string(kind.code) + "`") != std::string::npos) return;
  text += (text.empty() ? "" : "; ") + ("`" + std::string(kind.code) + "` " + kind.title);
}

std::map<int, std::string> problems_of(const Route& route) {
  std::map<int, std::string> problems;
  for (const ErrorKind* kind : route.errors) add_problem(problems, *kind);
  const auto add = [&](int status, const char* text) { problems.emplace(status, text); };
  if (route.input_schema) add(400, "malformed input");
  add(401, "no or bad credentials");
  if (route.access != Access::kPublic) add(403, "not allowed");
  if (!path_names(route.path).empty()) add(404, "not found");
  if (route.body_bytes_max > 0) add(413, "the body is too large");
  if (route.changes_state) add(429, "too many requests");
  return problems;
}

Json responses_of(const Route& route, codec::SchemaComponents& components) {
  Json success = Json::object({{"description", "success"}});
  if (route.output_schema)
    success.set("content", content(route.output_content_type, route.output_schema(components)));
  else
    success.set("content", content(route.output_content_type, Json(Json::Object{})));
  Json responses = Json::object({{std::to_string(route.success_status), std::move(success)}});
  for (const auto& [status, text] : problems_of(route)) {
    responses.set(std::to_string(status),
                  Json::object({{"description", text},
                                {"content", content("application/problem+json",
                                                    Json::object({{"$ref", kProblemRef}}))}}));
  }
  return responses;
}

Json operation_of(const Route& route, codec::SchemaComponents& components) {
  Json operation = Json::object(
      {{"operationId", route.operation}, {"tags", Json::array({route.group})}, {"summary", route.summary}});
  Json input(Json::Object{});
  if (route.input_schema) input = resolved(route.input_schema(components), components);
  const bool takes_body = route.body_bytes_max > 0;
  Json body = input;
  Json::Array parameters = parameters_of(route, input, takes_body ? &body : nullptr);
  if (!parameters.empty()) operation.set("parameters", std::move(parameters));
  if (takes_body) {
    const bool required = body.find("required") != nullptr || !route.input_schema;
    operation.set("requestBody",
                  Json::object({{"required", required},
                                {"content", content(route.input_content_type, std::move(body))}}));
  }
  operation.set("responses", responses_of(route, components));
  Json::Array security;
  if (route.access == Access::kPublic) security.push_back(Json(Json::Object{}));
  for (const char* scheme : {"apiKey", "session", "messageSignature"}) {
    security.push_back(Json::object({{scheme, Json(Json::Array{})}}));
  }
  operation.set("security", std::move(security));
  if (route.access != Access::kPublic) operation.set("x-role", codec::enum_name(role_needed(route.access)));
  if (takes_body) operation.set("x-body-bytes-max", static_cast<std::uint64_t>(route.body_bytes_max));
  return operation;
}

Json security_schemes() {
  return Json::object(
      {{"apiKey", Json::object({{"type", "apiKey"}, {"in", "header"}, {"name", "x-api-key"}})},
       {"session", Json::object({{"type", "http"}, {"scheme", "bearer"}})},
       {"messageSignature",
        Json::object({{"type", "apiKey"},
                      {"in", "header"},
                      {"name", "Signature"},
                      {"description",
                       "RFC 9421 HTTP message signature by a DID's Ed25519 key, with Signature-Input; "
                       "covers @method, @authority, the target and content-digest (RFC 9530, sha-256)"}})}});
}

// Two folders may give their handlers one name; the later row gets its group in front of it.
std::string unique_operation(const Route& route, std::set<std::string>& used) {
  std::string group = route.group;
  if (!group.empty() && group[0] >= 'a' && group[0] <= 'z') group[0] = static_cast<char>(group[0] - 32);
  std::string name = route.operation;
  while (!used.insert(name).second) name = group + name;
  return name;
}

}  // namespace

std::string openapi_document(const std::vector<Route>& routes, const OpenApiInfo& info) {
  codec::SchemaComponents components;
  components.set("Problem", problem_schema());
  std::map<std::string, std::map<std::string, Json>> paths;
  std::set<std::string> used_operations;
  for (const Route& route : routes) {
    Json operation = operation_of(route, components);
    operation.set("operationId", unique_operation(route, used_operations));
    paths[template_of(route.path)].emplace(lower_case(method_name(route.method)), std::move(operation));
  }
  Json::Object path_items;
  for (auto& [path, operations] : paths) {
    Json::Object item;
    for (auto& [method, operation] : operations) item.emplace_back(method, std::move(operation));
    path_items.emplace_back(path, std::move(item));
  }
  Json::Object schemas;
  for (const auto& [name, schema] : components.all()) schemas.emplace_back(name, schema);
  const Json document = Json::object(
      {{"openapi", "3.1.0"},
       {"info",
        Json::object({{"title", info.title}, {"version", info.version}, {"description", info.description}})},
       {"paths", std::move(path_items)},
       {"components",
        Json::object({{"schemas", std::move(schemas)}, {"securitySchemes", security_schemes()}})}});
  return codec::write_json_pretty(document) + "\n";
}

}  // namespace icn::http
