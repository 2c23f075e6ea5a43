#include <csignal>
#include <filesystem>
#include <memory>
#include <ostream>

#include "base/log.h"
#include "cli/node_settings.h"
#include "cli/verbs/all.h"
#include "codec/fields.h"
#include "consensus/cometbft/abci_server.h"
#include "consensus/cometbft/standalone.h"
#include "ledger/state.h"
#include "node/engines.h"
#include "node/node.h"
#include "registry/rules.h"

namespace icn::cli {
namespace {

struct Options {
  std::string home;
  std::string address = "tcp://127.0.0.1:26658";
  std::string network = "icn-local";
  std::string profile = "production";
};

std::unique_ptr<storage::Engine> make_engine(const config::Settings& settings, std::shared_ptr<Log> log) {
  return node::make_engine(settings, config::storage_folder(settings), node::WritePattern::kBlocks,
                           std::move(log));
}

// Of an earlier start; none: the folder holds no ledger yet.
Result<std::unique_ptr<ledger::Ledger>> open_existing(const config::Settings& settings,
                                                      const ledger::Rules& rules, std::shared_ptr<Log> log) {
  if (!std::filesystem::exists(config::storage_folder(settings))) return std::unique_ptr<ledger::Ledger>();
  std::optional<ledger::NetworkRecord> network;
  {
    ICN_TRY_ASSIGN(store, make_engine(settings, log)->open(registry::ledger_tables()));
    ICN_TRY_ASSIGN(record, ledger::kNetwork.get(*store, "network"));
    network = std::move(record);
  }
  if (!network) return std::unique_ptr<ledger::Ledger>();
  const ledger::Genesis genesis{network->network, network->profile, network->operator_did,
                                network->genesis_secs};
  return ledger::Ledger::open(make_engine(settings, log), registry::ledger_tables(), rules, genesis);
}

void serve(const Options& options, const config::Settings& settings, Session& session) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto log = make_log(LogFormat::kText, "info");
  if (auto ready = node::prepare_data_folder(settings); !ready.ok())
    return session.fail(kFailed, ready.error().detail());
  const ledger::Rules rules = registry::rules();
  auto existing = open_existing(settings, rules, log);
  if (!existing.ok()) return session.fail(kFailed, existing.error().detail());
  consensus::StandaloneOptions standalone{
      options.network, options.profile, [&](const ledger::Genesis& genesis) {
        return ledger::Ledger::open(make_engine(settings, log), registry::ledger_tables(), rules, genesis);
      }};
  consensus::StandaloneApplication application(std::move(existing).value(), session.clock, log,
                                               std::move(standalone));
  auto server = consensus::AbciServer::start(options.address, application, log);
  if (!server.ok()) return session.fail(kFailed, server.error().detail());
  session.out << "abci      " << (*server)->address() << "\ndata      " << options.home << "\n" << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
}

}  // namespace

void define_abci(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.option("--home", options->home, "folder of the ledger; made when it is missing")
      .option("--address", options->address,
              "where CometBFT finds it: unix:///path/of/socket or tcp://address:port")
      .option("--network", options->network, "id of the network, when the chain's genesis has no app_state")
      .choice("--profile", options->profile, {"production", "development"}, "its parameters, in that case")
      .footer(
          "The ledger as an ABCI 2.0 application for a CometBFT v0.38 or v0.40 that somebody else runs, with "
          "proxy_app set to the address. `icn tx sample` makes transactions to try it with.");
  command.runs([options, &session] {
    if (options->home.empty()) options->home = session.data_path;
    const auto settings = load_node_settings("", {"--data_path=" + options->home});
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    serve(*options, *settings, session);
  });
}

}  // namespace icn::cli
