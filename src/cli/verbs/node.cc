#include <csignal>
#include <memory>
#include <ostream>

#include "base/log.h"
#include "cli/failure.h"
#include "cli/node_settings.h"
#include "cli/verbs/all.h"
#include "codec/fields.h"
#include "config/settings.h"
#include "node/gateway.h"
#include "node/membership.h"
#include "node/node.h"

namespace icn::cli {
namespace {

struct Options {
  std::string config_file;
  std::string role;
  bool check = false;
  bool development = false;
  std::vector<std::string> settings;
};

// Blocks SIGTERM and SIGINT in this and every later thread, so that one place waits for them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

std::string serving_line(const config::Settings& settings, std::uint16_t port) {
  const auto address = config::parse_listen_address(settings.http_listen_addr);
  const std::string scheme = settings.tls_cert.empty() ? "http" : "https";
  const std::string host =
      address->host.find(':') == std::string::npos ? address->host : "[" + address->host + "]";
  return "serving   " + scheme + "://" + host + ":" + std::to_string(port) + "   docs at /system/docs\n";
}

void announce(const config::Settings& settings, const node::Node& running, std::ostream& out) {
  out << "node      " << running.did().text() << "\n"
      << "network   " << settings.network_id << " (" << codec::enum_name(settings.profile) << ")\n"
      << serving_line(settings, running.port()) << "data      " << settings.data_path
      << "   operator API key in " << running.operator_key_file() << "\n";
  for (const std::string& each : running.peer_addresses()) out << "peer      " << each << "\n";
  out << std::flush;
}

void announce(const config::Settings& settings, const node::Gateway& running, std::ostream& out) {
  out << "gateway   of " << running.leader().text() << " at " << settings.gateway_leader_url << "\n"
      << "network   " << settings.network_id << "\n"
      << serving_line(settings, running.port()) << "data      " << settings.data_path
      << "   nothing of the ledger\n"
      << std::flush;
}

// Until a signal comes.
template <typename Running>
void run_until_signal(const config::Settings& settings, Running& running, const sigset_t& signals, Log& log,
                      Session& session) {
  announce(settings, running, session.out);
  int signal = 0;
  sigwait(&signals, &signal);
  log.info("stopping");
  running.stop();
  log.info("stopped");
}

void fail_start(Session& session, const Error& error) {
  const ExitCode code = exit_code_of(error);
  const bool is_malformed = code == kFailed && error.category() == Category::kMalformed;
  session.fail(is_malformed ? kBadSettings : code, error.detail());
}

void run_node(const config::Settings& given, Session& session) {
  const auto in_force = node::effective_settings(given);
  if (!in_force.ok()) return fail_start(session, in_force.error());
  const config::Settings& settings = *in_force;
  const sigset_t signals = block_stop_signals();
  auto log = make_log(settings.log_format == config::LogFormat::kJson ? LogFormat::kJson : LogFormat::kText,
                      codec::enum_name(settings.log_level));
  if (auto ready = node::check_address(settings); !ready.ok()) return fail_start(session, ready.error());
  if (auto ready = node::prepare_data_folder(settings); !ready.ok())
    return fail_start(session, ready.error());
  auto passphrase = node_passphrase(settings, session.random);
  if (!passphrase.ok()) return fail_start(session, passphrase.error());
  const node::Surroundings surroundings{session.clock, session.random, log, session.compiler};
  if (settings.node_role == config::NodeRole::kGateway) {
    auto running = node::Gateway::start(settings, *passphrase, surroundings);
    if (!running.ok()) return fail_start(session, running.error());
    return run_until_signal(settings, **running, signals, *log, session);
  }
  auto running = node::Node::start(settings, *passphrase, surroundings);
  if (!running.ok()) return fail_start(session, running.error());
  run_until_signal(settings, **running, signals, *log, session);
}

}  // namespace

void define_node(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.option("--config", options->config_file, "settings file (TOML)")
      .option("--role", options->role, "node, or gateway: short for --node.role=gateway")
      .flag("--check", options->check, "print the effective settings and stop")
      .flag("--development", options->development,
            "a node to try things with: short for --profile=development; its passphrase is made and kept "
            "beside the data")
      .unknown_options(options->settings)
      .footer(
          "Every setting of docs/reference/settings.md is also an option: --http_listen_addr=127.0.0.1:7900");
  command.runs([options, &session] {
    std::vector<std::string> flags = options->settings;
    if (!options->role.empty()) flags.insert(flags.begin(), "--node.role=" + options->role);
    if (options->development) flags.insert(flags.begin(), "--profile=development");
    const auto settings = load_node_settings(session, options->config_file, flags);
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    if (options->check) {
      session.out << config::effective_toml(*settings);
      return;
    }
    run_node(*settings, session);
  });
}

}  // namespace icn::cli
