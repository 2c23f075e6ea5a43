#include <filesystem>
#include <memory>

#include "cli/failure.h"
#include "cli/node_settings.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "crypto/key_text.h"
#include "node/gateway_grant.h"
#include "node/keys.h"
#include "node/membership.h"

namespace icn::cli {
namespace {

using codec::Json;

struct Options {
  std::string file, config_file;
  std::vector<std::string> settings;
};

// With the node's own data folder and passphrase; the node may run.
Result<Json> grant(const Options& options, Session& session) {
  ICN_TRY_ASSIGN(given, load_node_settings(session, options.config_file, options.settings));
  ICN_TRY_ASSIGN(settings, node::effective_settings(given));
  if (!std::filesystem::exists(config::key_store_file(settings))) {
    return Error(errors::kNotFound,
                 config::key_store_file(settings) + " is not there; start the node once first");
  }
  ICN_TRY_ASSIGN(passphrase, node_passphrase(settings, session.random));
  ICN_TRY_ASSIGN(keys, node::open_key_store(settings, passphrase, session.random));
  const crypto::SecretKey* const key = keys.find(node::kNodeKeyName);
  if (key == nullptr) return Error(errors::kNotFound, "the node has no key yet; start it once first");
  const node::GatewayGrant made = node::make_grant(settings, keys, crypto::did_key(key->public_key()));
  ICN_TRY(node::write_grant(made, options.file));
  return Json::object(
      {{"file", options.file}, {"node_did", made.node_did.text()}, {"network", made.network}});
}

void define_grant(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.argument("FILE", options->file, "file to write, mode 0600; carry it to the gateway like a key")
      .option("--config", options->config_file, "settings file of the node")
      .unknown_options(options->settings)
      .footer(
          "Run it beside the node that writes. A gateway with this file can tell valid API keys and say "
          "where a request came from; it can sign nothing.");
  command.runs([options, &session] {
    const auto made = grant(*options, session);
    if (!made.ok()) return session.fail(exit_code_of(made.error()), made.error().detail());
    show_fields(session, *made, {{"grant", "file"}, {"of node", "node_did"}, {"network", "network"}});
  });
}

}  // namespace

void define_gateway(Command command, Session& session) {
  define_grant(command.add("grant", "write what a gateway of this node needs to know"), session);
}

}  // namespace icn::cli
