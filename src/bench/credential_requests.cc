#include "bench/credential_requests.h"

#include "base/errors.h"
#include "bench/load_generator.h"

namespace icn::bench {
namespace {

using codec::Json;

}  // namespace

Result<std::vector<std::string>> make_issuers(const NodeProcess& node, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(made, node.post("/identity/did/create", "{}"));
    const Json* did = made.find("did");
    if (did == nullptr || did->string() == nullptr) return Error(errors::kInternal, "no DID was made");
    out.push_back(*did->string());
    const auto granted =
        node.post("/economics/mana/grants", codec::write_json(Json::object({{"to", out.back()}})));
    // The node may have granted it by itself.
    if (!granted.ok() && !granted.error().is(errors::kConflict)) return granted.error();
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
    ICN_TRY_ASSIGN(made, node.post("/identity/credentials/issue", codec::write_json(body)));
    const Json* credential = made.find("verifiableCredential");
    if (credential == nullptr) return Error(errors::kInternal, "no credential was issued");
    out.push_back(http_request("POST", "/identity/credentials/verify",
                               codec::write_json(Json::object({{"verifiableCredential", *credential}}))));
  }
  return out;
}

}  // namespace icn::bench
