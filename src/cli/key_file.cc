#include "cli/key_file.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/errors.h"
#include "codec/json.h"
#include "crypto/durable_file.h"
#include "crypto/errors.h"
#include "crypto/key_store.h"
#include "crypto/key_text.h"
#include "crypto/passphrase.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::string_view kKeyName = "member";
constexpr std::string_view kNoteSuffix = ".did";
constexpr std::size_t kFileSizeMax = 1 << 20;

Result<crypto::SecretBytes> passphrase(crypto::Prompt prompt) {
  crypto::PassphraseSources sources;
  if (const char* value = std::getenv("ICN_KEY_PASSPHRASE")) sources.variable_value = value;
  if (const char* file = std::getenv("ICN_KEY_PASSPHRASE_FILE")) sources.file = file;
  sources.prompt = prompt;
  return crypto::find_passphrase(sources);
}

// The key of a file without passphrase.
Result<crypto::SecretKey> plain_key(const Json& json) {
  const Json* seed_text = json.find("seed");
  if (seed_text == nullptr || seed_text->string() == nullptr)
    return Error(errors::kMalformed, "\"seed\" is missing");
  ICN_TRY_ASSIGN(seed, hex_decode(*seed_text->string()));
  if (seed.size() != 32) return Error(errors::kMalformed, "\"seed\" is not 32 bytes in hex");
  auto key = crypto::SecretKey::from_seed(seed);
  crypto::wipe(seed);
  return key;
}

}  // namespace

Result<KeyFileToBe> KeyFileToBe::prepare(const std::string& path, Protection protection) {
  if (crypto::file_exists(path))
    return Error(errors::kConflict, path + " exists already; nothing was changed");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string place = folder.empty() ? "." : folder.string();
  if (::access(place.c_str(), W_OK | X_OK) != 0)
    return Error(crypto::errors::kFile, place + ": cannot be written");
  if (protection == Protection::kNone) return KeyFileToBe(path, std::nullopt);
  ICN_TRY_ASSIGN(secret, passphrase(crypto::Prompt::kTwice));
  return KeyFileToBe(path, std::move(secret));
}

Result<void> KeyFileToBe::write(const crypto::SecretKey& key, Random& random) const {
  const crypto::SecretBytes seed = key.seed();
  if (!passphrase_) {
    const Json json = Json::object({{"icn_key", 1},
                                    {"did", crypto::did_key(key.public_key()).text()},
                                    {"seed", hex_encode(seed.view())}});
    return crypto::write_file_durably(path_, as_bytes(codec::write_json_pretty(json) + "\n"),
                                      crypto::Existing::kRefuse);
  }
  ICN_TRY_ASSIGN(store, crypto::KeyStore::create(path_, passphrase_->view(), crypto::kPersonCost, random));
  return store.put(kKeyName, crypto::SecretKey::from_seed(seed.view()));
}

Result<std::string> KeyFileToBe::write_elsewhere(const crypto::SecretKey& key, Random& random) const {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) return Error(crypto::errors::kFile, "there is no folder for temporary files");
  KeyFileToBe other(folder / ("icn-key-" + hex_encode(random.bytes(8))), std::nullopt);
  if (passphrase_) other.passphrase_.emplace(passphrase_->view());
  ICN_TRY(other.write(key, random));
  return other.path_;
}

Result<void> write_key_file(const std::string& path, const crypto::SecretKey& key, Protection protection,
                            Random& random) {
  ICN_TRY_ASSIGN(file, KeyFileToBe::prepare(path, protection));
  return file.write(key, random);
}

Result<crypto::SecretKey> make_key_file(const std::string& path, Protection protection, Random& random) {
  crypto::SecretKey key = crypto::SecretKey::generate(random);
  ICN_TRY(write_key_file(path, key, protection, random));
  return key;
}

Result<crypto::SecretKey> load_key_file(const std::string& path, Random& random) {
  ICN_TRY_ASSIGN(content, crypto::read_secret_file(path, kFileSizeMax));
  const auto json = codec::parse_json(as_text(content.view()));
  if (json.ok() && json->find("icn_key") != nullptr) return plain_key(*json);
  // Before a passphrase is asked for.
  if (!json.ok() || json->find("format") == nullptr)
    return Error(errors::kMalformed, path + ": is no key file; `icn did key new FILE` makes one");
  ICN_TRY_ASSIGN(secret, passphrase(crypto::Prompt::kOnce));
  ICN_TRY_ASSIGN(store, crypto::KeyStore::unlock(path, secret.view(), random));
  const crypto::SecretKey* found = store.find(kKeyName);
  if (found == nullptr) return Error(errors::kMalformed, path + " holds no member's key");
  return crypto::SecretKey::from_seed(found->seed().view());
}

void fail_key_file(Session& session, const std::string& path, const Error& error) {
  const ExitCode code = error.category() == Category::kUnauthenticated ? kNoPassphrase : kFailed;
  const bool is_named = error.detail().find(path) != std::string::npos;
  session.fail(code, is_named ? error.detail() : path + ": " + error.detail());
}

std::optional<std::string> noted_did(const std::string& path) {
  std::string did;
  std::ifstream(path + std::string(kNoteSuffix)) >> did;
  return did.starts_with("did:") ? std::optional(did) : std::nullopt;
}

Result<void> note_did(const std::string& path, const std::string& did) {
  const std::string line = did + "\n";
  return crypto::write_file_durably(path + std::string(kNoteSuffix), as_bytes(line),
                                    crypto::Existing::kReplace);
}

}  // namespace icn::cli
