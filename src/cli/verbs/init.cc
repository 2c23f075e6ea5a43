#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/failure.h"
#include "cli/node_settings.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "crypto/durable_file.h"
#include "crypto/key_text.h"
#include "node/keys.h"

namespace icn::cli {
namespace {

struct Options {
  std::string profile = "production", name = "icn-node", network = "icn-local", listen = "127.0.0.1:7845";
};

std::string settings_text(const Options& options, const std::string& data_path) {
  return "# Settings of this node. docs/reference/settings.md lists them all; `icn config check FILE` checks "
         "this file.\n"
         "# The ledger keeps the profile and the network it was made with.\n\n"
         "# production, or development: no limits, no waiting times, mana for every new account.\n"
         "profile = \"" +
         options.profile +
         "\"\n\n"
         "# For people, in lists and dashboards.\n"
         "node_name = \"" +
         options.name +
         "\"\n\n"
         "# Part of every signature: nodes of one federation name the same.\n"
         "network_id = \"" +
         options.network +
         "\"\n\n"
         "# Everything the node keeps. Back this folder up.\n"
         "data_path = \"" +
         data_path +
         "\"\n\n"
         "# Beyond this machine only with TLS: set [tls] cert and key.\n"
         "http_listen_addr = \"" +
         options.listen +
         "\"\n\n"
         "# Where the passphrase of the key store is read from when the variable ICN_KEY_PASSPHRASE is not "
         "set.\n"
         "# Without it the node asks on the terminal.\n"
         "# key.passphrase_file = \"/etc/icn/passphrase\"\n\n"
         "# Open requests a minute from one address without credentials.\n"
         "# open_rate_limit = 60\n";
}

Result<void> make_folder(const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (!failure) std::filesystem::permissions(path, std::filesystem::perms::owner_all, failure);
  if (failure) return Error(errors::kInternal, "cannot make the folder " + path + ": " + failure.message());
  return {};
}

Result<codec::Json> initialise(const Options& options, const std::string& data_path, Random& random) {
  const std::string folder = std::filesystem::absolute(data_path).lexically_normal().string();
  const std::string file = folder + "/icn.toml";
  if (std::filesystem::exists(file))
    return Error(errors::kConflict, file + " exists already; nothing was changed");
  const std::string text = settings_text(options, folder);
  config::Sources sources;
  sources.file_name = file;
  sources.file_text = text;
  // Of the environment only where the passphrase lies: all else is as the file says.
  for (auto& variable : config::environment_variables()) {
    if (variable.first == "ICN_KEY_PASSPHRASE_FILE") sources.environment.push_back(std::move(variable));
  }
  ICN_TRY_ASSIGN(settings, config::load_settings(sources));
  ICN_TRY(make_folder(folder));
  ICN_TRY_ASSIGN(passphrase, node_passphrase(settings, random));
  ICN_TRY_ASSIGN(keys, node::open_key_store(settings, passphrase, random));
  ICN_TRY_ASSIGN(key, keys.find_or_generate(node::kNodeKeyName));
  ICN_TRY(crypto::write_file_durably(file, as_bytes(text), crypto::Existing::kRefuse));
  return codec::Json::object({{"node_did", crypto::did_key(key->public_key()).text()},
                              {"settings", file},
                              {"key_store", config::key_store_file(settings)},
                              {"data", folder},
                              {"next", "icn node --config " + file}});
}

}  // namespace

void define_init(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.choice("--profile", options->profile, {"production", "development"}, "what the ledger starts with")
      .option("--name", options->name, "name of the node, for people")
      .option("--network", options->network, "network id")
      .option("--listen", options->listen, "address and port")
      .footer(
          "The passphrase of the key store comes from ICN_KEY_PASSPHRASE, the file that "
          "ICN_KEY_PASSPHRASE_FILE names, or the terminal.");
  command.runs([options, &session] {
    const auto made = initialise(*options, session.data_path, session.random);
    if (!made.ok()) return session.fail(exit_code_of(made.error()), made.error().detail());
    show_fields(session, *made,
                {{"node", "node_did"},
                 {"data", "data"},
                 {"settings", "settings"},
                 {"keys", "key_store"},
                 {"next", "next"}});
  });
}

}  // namespace icn::cli
