#include "node/gateway_grant.h"

#include <filesystem>

#include "base/errors.h"
#include "crypto/durable_file.h"

namespace icn::node {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kFileBytesMax = 64 << 10;

codec::HexBytes secret_of(const crypto::KeyStore& keys, std::string_view name) {
  return {to_bytes(keys.derive(name).view())};
}

}  // namespace

GatewayGrant make_grant(const config::Settings& settings, const crypto::KeyStore& keys, const Did& node_did) {
  return {settings.network_id,         node_did,
          secret_of(keys, "api-keys"), secret_of(keys, "cursors"),
          secret_of(keys, "answers"),  secret_of(keys, "gateways")};
}

Result<void> write_grant(const GatewayGrant& grant, const std::string& file) {
  return crypto::write_file_durably(file, as_bytes(codec::to_json_text(grant) + "\n"),
                                    crypto::Existing::kReplace);
}

Result<GatewayGrant> read_grant(const config::Settings& settings) {
  const std::string file = settings.gateway_grant_file.empty() ? settings.data_path + "/gateway-grant.json"
                                                               : settings.gateway_grant_file;
  const auto malformed = [&](const std::string& why) {
    return Error(errors::kMalformed, "gateway.grant_file " + file + ": " + why);
  };
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kFileBytesMax));
  std::error_code unknown;
  using std::filesystem::perms;
  const perms mode = std::filesystem::status(file, unknown).permissions();
  if (unknown || (mode & (perms::group_all | perms::others_all)) != perms::none)
    return malformed("others than its owner may read or write it; chmod 600");
  ICN_TRY_ASSIGN(json, codec::parse_json(as_text(text.view())));
  auto grant = codec::from_json<GatewayGrant>(json, codec::UnknownMembers::kIgnore);
  if (!grant.ok()) return malformed(grant.error().detail());
  for (const codec::HexBytes* secret :
       {&grant->api_keys, &grant->cursors, &grant->answers, &grant->forwarding}) {
    if (secret->bytes.size() != kSecretBytes) return malformed("a secret has another length than 32 bytes");
  }
  if (grant->network != settings.network_id)
    return malformed("is of network \"" + grant->network + "\", the settings say network_id = \"" +
                     settings.network_id + "\"");
  return grant;
}

}  // namespace icn::node
