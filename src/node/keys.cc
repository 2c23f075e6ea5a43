#include "node/keys.h"

#include <filesystem>
#include <fstream>

#include "crypto/durable_file.h"

namespace icn::node {

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

}  // namespace icn::node
