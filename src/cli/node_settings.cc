#include "cli/node_settings.h"

#include "crypto/durable_file.h"
#include "crypto/passphrase.h"

namespace icn::cli {
namespace {

// Variables of the command line's own, which are no settings.
const std::vector<std::string> kOwnVariables{"ICN_URL", "ICN_CA_FILE", "ICN_API_KEY", "ICN_DID",
                                             "ICN_KEY_FILE"};

}  // namespace

Result<config::Settings> load_node_settings(const std::string& config_file, std::vector<std::string> flags) {
  config::Sources sources;
  if (!config_file.empty()) {
    sources.file_name = config_file;
    ICN_TRY_ASSIGN(text, config::read_settings_file(config_file));
    sources.file_text = std::move(text);
  }
  sources.environment = config::environment_variables();
  sources.other_variables = kOwnVariables;
  sources.flags = std::move(flags);
  return config::load_settings(sources);
}

Result<config::Settings> load_node_settings(const Session& session, const std::string& config_file,
                                            std::vector<std::string> flags) {
  // The default is that of the setting, and would hide what the file says.
  if (session.data_path != kDefaultDataPath) flags.insert(flags.begin(), "--data_path=" + session.data_path);
  return load_node_settings(config_file, std::move(flags));
}

Result<crypto::SecretBytes> node_passphrase(const config::Settings& settings, Random& random) {
  crypto::PassphraseSources sources;
  for (const auto& [name, value] : config::environment_variables()) {
    if (name == settings.key_passphrase_variable) sources.variable_value = value;
  }
  sources.file = settings.key_passphrase_file;
  if (!sources.variable_value && sources.file.empty() && settings.profile == config::Profile::kDevelopment) {
    return crypto::development_passphrase(settings.data_path + "/passphrase", random);
  }
  const bool is_made = crypto::file_exists(config::key_store_file(settings));
  sources.prompt = is_made ? crypto::Prompt::kOnce : crypto::Prompt::kTwice;
  return crypto::find_passphrase(sources);
}

}  // namespace icn::cli
