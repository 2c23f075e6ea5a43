#include "node/keys.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/errors.h"
#include "crypto/durable_file.h"

namespace icn::node {

namespace {

std::optional<http::Role> role_named(std::string_view text) {
  for (const auto& [role, name] : enum_names(http::Role{})) {
    if (name == text && role != http::Role::kNone) return role;
  }
  return std::nullopt;
}

}  // namespace

Result<crypto::KeyStore> open_key_store(const config::Settings& settings,
                                        const crypto::SecretBytes& passphrase, Random& random) {
  const std::string path = config::key_store_file(settings);
  if (std::filesystem::exists(path)) return crypto::KeyStore::unlock(path, passphrase.view(), random);
  const bool is_random = settings.profile == config::Profile::kDevelopment;
  return crypto::KeyStore::create(path, passphrase.view(),
                                  is_random ? crypto::kRandomCost : crypto::kPersonCost, random);
}

Result<void> ensure_operator_key(http::ApiKeys& api_keys, const std::string& file, const Did& node_did) {
  std::string key;
  std::ifstream(file) >> key;
  if (!key.empty() && api_keys.find(key)) return {};
  ICN_TRY_ASSIGN(made, api_keys.create("operator on this machine", http::Role::kOperator, {node_did}, {}));
  return crypto::write_file_durably(file, as_bytes(made.key + "\n"), crypto::Existing::kReplace);
}

Result<void> adopt_api_keys(http::ApiKeys& api_keys, const std::string& file) {
  using std::filesystem::perms;
  const auto problem = [&](const std::string& what) {
    return Error(errors::kMalformed, "api_keys.file = " + file + ": " + what);
  };
  std::error_code failure;
  const perms allowed = std::filesystem::status(file, failure).permissions();
  std::ifstream in(file);
  if (failure || !in) return problem("cannot be read");
  if ((allowed & (perms::group_all | perms::others_all)) != perms::none) {
    return problem("others may read or write it; run: chmod 600 " + file);
  }
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string key, role_name, label;
    words >> key >> role_name >> label;
    std::vector<Did> dids;
    for (std::string did; words >> did;) dids.emplace_back(did);
    const std::optional<http::Role> role = role_named(role_name);
    if (!role || label.empty()) {
      return problem("line " + std::to_string(number) + ": must be KEY ROLE LABEL [DID ...]");
    }
    if (auto adopted = api_keys.adopt(key, label, *role, std::move(dids)); !adopted.ok()) {
      return problem("line " + std::to_string(number) + ": " + adopted.error().detail());
    }
  }
  return {};
}

Result<ledger::Custody::Key> kept_key(const ledger::Custody& custody, const Did& did) {
  http::Caller owner;
  owner.role = http::Role::kOperator;
  owner.dids = std::make_shared<const std::vector<Did>>(1, did);
  return custody.key_for(owner, did);
}

}  // namespace icn::node
