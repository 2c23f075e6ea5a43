#include <memory>
#include <ostream>

#include "base/errors.h"
#include "cli/failure.h"
#include "cli/node_settings.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/federation_life.h"
#include "codec/fields.h"
#include "crypto/durable_file.h"
#include "node/keys.h"
#include "node/membership.h"
#include "node/node.h"
#include "node/ordering.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::size_t kValidatorFileBytesMax = 64 * 1024;

Result<consensus::ValidatorInfo> own_validator(const config::Settings& settings,
                                               const std::optional<std::string>& organization,
                                               Session& session) {
  ICN_TRY(node::prepare_data_folder(settings));
  ICN_TRY_ASSIGN(passphrase, node_passphrase(settings, session.random));
  ICN_TRY_ASSIGN(keys, node::open_key_store(settings, passphrase, session.random));
  return node::validator_info(settings, keys,
                              organization ? std::optional<Did>(*organization) : std::nullopt);
}

void define_validator(Command command, Session& session) {
  struct Options {
    std::string config_file;
    std::optional<std::string> organization;
    std::vector<std::string> settings;
  };
  auto options = std::make_shared<Options>();
  command.option("--config", options->config_file, "settings file of the node")
      .option("--organization", options->organization, "DID this node stands for; the node's own when absent")
      .unknown_options(options->settings)
      .footer(
          "Makes the node's folder and keys when there are none. Send what it prints to whoever makes the "
          "network's genesis file; it holds no secret. Every setting is an option, as for `icn node`.");
  command.runs([options, &session] {
    auto settings = load_node_settings(session, options->config_file, options->settings);
    if (settings.ok()) settings = node::effective_settings(*settings);
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    const auto info = own_validator(*settings, options->organization, session);
    if (!info.ok()) return session.fail(exit_code_of(info.error()), info.error().detail());
    session.out << codec::write_json_pretty(codec::to_json(*info)) << "\n";
    if (settings->consensus_engine == config::ConsensusEngine::kFollow) {
      session.err << "this node has consensus.engine = \"follow\" and signs nothing: as a validator it would "
                     "be one that is missing\n";
    }
  });
}

struct GenesisOptions {
  std::vector<std::string> validators;
  std::string network = "icn-local";
  std::string profile = "production";
};

Result<std::string> genesis_text(const GenesisOptions& options, const Clock& clock) {
  std::vector<consensus::ValidatorInfo> validators;
  for (const std::string& file : options.validators) {
    ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kValidatorFileBytesMax));
    auto json = codec::parse_json(as_text(text.view()));
    if (!json.ok()) return json.error().within(file);
    auto info = codec::from_json<consensus::ValidatorInfo>(*json);
    if (!info.ok()) return info.error().within(file);
    validators.push_back(std::move(info).value());
  }
  if (validators.empty()) return Error(errors::kMalformed, "name at least one file with --validator");
  const ledger::Genesis genesis{options.network, options.profile, validators.front().did, clock.now_secs()};
  return consensus::make_network_genesis(genesis, validators);
}

void define_genesis(Command command, Session& session) {
  auto options = std::make_shared<GenesisOptions>();
  command
      .option("--validator", options->validators,
              "file that `icn federation validator` printed; may be given again. The first one's node is the "
              "network's operator")
      .option("--network", options->network, "id of the network; every node has it as network_id")
      .choice("--profile", options->profile, {"production", "development"},
              "parameters the ledger starts with");
  command.runs([options, &session] {
    const auto text = genesis_text(*options, session.clock);
    if (!text.ok()) return session.fail(kFailed, text.error().detail());
    session.out << *text;
    const std::size_t count = options->validators.size();
    session.err << count << " validators: " << (count - 1) / 3
                << " of them may fail and the network goes on\n";
  });
}

}  // namespace

void define_federation(Command command, Session& session) {
  define_validator(command.add("validator", "print what others need to know of this node's validator"),
                   session);
  define_genesis(command.add("genesis", "make the genesis file of a network from its validators' files"),
                 session);
  define_federation_life(command, session);
  define_federation_peers(command, session);
}

}  // namespace icn::cli
