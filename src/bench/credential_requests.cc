#include "bench/credential_requests.h"

#include "base/errors.h"
#include "bench/load_generator.h"

namespace icn::bench {
namespace {

using codec::Json;

Result<Json> send(const NodeProcess& node, std::string target, const Json& body) {
  http::Client client = node.client();
  http::ClientRequest request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers = {{"x-api-key", node.operator_key()}, {"content-type", "application/json"}};
  request.body = codec::write_json(body);
  ICN_TRY_ASSIGN(answer, client.send(request));
  if (answer.status >= 300 && answer.status != 409)
    return Error(errors::kInternal, request.target + ": " + answer.body.substr(0, 200));
  return codec::parse_json(answer.body);
}

}  // namespace

Result<std::vector<std::string>> make_issuers(const NodeProcess& node, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(made, send(node, "/identity/did/create", Json(Json::Object{})));
    const Json* did = made.find("did");
    if (did == nullptr || did->string() == nullptr) return Error(errors::kInternal, "no DID was made");
    out.push_back(*did->string());
    ICN_TRY(send(node, "/economics/mana/grants", Json::object({{"to", out.back()}})));
  }
  return out;
}

std::vector<std::string> issue_requests(const NodeProcess& node, const std::vector<std::string>& issuers,
                                        const std::vector<Member>& holders, std::size_t count) {
  std::vector<std::string> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Json body = Json::object({{"issuer", issuers[i % issuers.size()]},
                                    {"holder", holders[i % holders.size()].did.text()},
                                    {"type", "OrganizationMember"},
                                    {"schema", "icn:cooperative:membership:v1"},
                                    {"claims", Json::object({{"role", "member"}, {"voting", true}})},
                                    {"options", Json::object({{"public", true}})}});
    out.push_back(http_request("POST", "/identity/credentials/issue", codec::write_json(body),
                               "X-API-Key: " + node.operator_key() + "\r\n"));
  }
  return out;
}

Result<std::vector<std::string>> verify_requests(const NodeProcess& node,
                                                 const std::vector<std::string>& issuers,
                                                 const std::vector<Member>& holders, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    const Json body = Json::object({{"issuer", issuers[i % issuers.size()]},
                                    {"holder", holders[i % holders.size()].did.text()},
                                    {"type", "OrganizationMember"},
                                    {"schema", "icn:cooperative:membership:v1"},
                                    {"claims", Json::object({{"role", "member"}})}});
    ICN_TRY_ASSIGN(made, send(node, "/identity/credentials/issue", body));
    const Json* credential = made.find("verifiableCredential");
    if (credential == nullptr) return Error(errors::kInternal, "no credential was issued");
    out.push_back(http_request("POST", "/identity/credentials/verify",
                               codec::write_json(Json::object({{"verifiableCredential", *credential}}))));
  }
  return out;
}

}  // namespace icn::bench
