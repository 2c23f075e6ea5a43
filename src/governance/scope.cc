#include "governance/scope.h"

#include <algorithm>

#include "codec/multibase.h"
#include "crypto/hash.h"
#include "governance/errors.h"
#include "identity/did.h"

namespace icn::governance {
namespace {

constexpr std::string_view kLocalPrefix = "local:";
constexpr std::string_view kFederationPrefix = "federation:";
constexpr std::string_view kValidatorsPrefix = "validators:";
constexpr std::string_view kGroupPrefix = "group:";
constexpr std::size_t kNameBytesMax = 64;

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

// As a network may be called.
bool is_network(std::string_view id) {
  if (id.empty() || id.size() > kNameBytesMax) return false;
  return std::ranges::none_of(id, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::string federation_scope(std::string_view network) {
  return std::string(kFederationPrefix) + std::string(network);
}

std::string validators_scope(std::string_view network) {
  return std::string(kValidatorsPrefix) + std::string(network);
}

Result<ScopeKind> parse_scope(std::string_view scope) {
  if (scope == kLocalScope) return ScopeKind::kLocal;
  if (scope == "global") return ScopeKind::kGlobal;
  if (scope.starts_with(kLocalPrefix)) {
    if (auto did = identity::parse_did(scope.substr(kLocalPrefix.size())); !did.ok())
      return Error(kBadScope, "scope: " + did.error().detail());
    return ScopeKind::kLocal;
  }
  if (scope.starts_with(kFederationPrefix) && is_network(scope.substr(kFederationPrefix.size())))
    return ScopeKind::kFederation;
  if (scope.starts_with(kValidatorsPrefix) && is_network(scope.substr(kValidatorsPrefix.size())))
    return ScopeKind::kValidators;
  if (scope.starts_with(kGroupPrefix) && is_name(scope.substr(kGroupPrefix.size())))
    return ScopeKind::kWorkingGroup;
  return Error(kBadScope,
               "scope: must be local, local:DID, federation:ID, validators:ID, global or group:NAME");
}

std::optional<Did> organization_of(std::string_view scope) {
  if (!scope.starts_with(kLocalPrefix)) return {};
  return Did(std::string(scope.substr(kLocalPrefix.size())));
}

bool is_community(std::string_view scope) { return scope.starts_with("local:did:icn:community:"); }

Did pool_of(std::string_view network, std::string_view scope) {
  std::string named = "icn:pool:v1";
  named.push_back('\0');
  named.append(network);
  named.push_back('\0');
  named.append(scope);
  const crypto::Hash hash = crypto::sha256(as_bytes(named));
  const std::string id = codec::multibase_encode(codec::Base::kBase58Btc, ByteView(hash).first(16));
  return Did("did:icn:community:" + id.substr(1));
}

}  // namespace icn::governance
