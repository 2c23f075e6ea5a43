#include "cli/verbs/node.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <ostream>

#include "base/log.h"
#include "codec/fields.h"
#include "config/settings.h"
#include "crypto/passphrase.h"
#include "node/node.h"

namespace icn::cli {
namespace {

struct Options {
  std::string config_file;
  bool check = false;
};

// Variables of the command line's own, which are no settings.
const std::vector<std::string> kOtherVariables{"ICN_URL", "ICN_API_KEY", "ICN_DATA"};

Result<config::Settings> load(const Options& options, std::vector<std::string> flags) {
  config::Sources sources;
  if (!options.config_file.empty()) {
    sources.file_name = options.config_file;
    ICN_TRY_ASSIGN(text, config::read_settings_file(options.config_file));
    sources.file_text = std::move(text);
  }
  sources.environment = config::environment_variables();
  sources.other_variables = kOtherVariables;
  sources.flags = std::move(flags);
  return config::load_settings(sources);
}

Result<crypto::SecretBytes> passphrase_of(const config::Settings& settings, Random& random) {
  crypto::PassphraseSources sources;
  for (const auto& [name, value] : config::environment_variables()) {
    if (name == settings.key_passphrase_variable) sources.variable_value = value;
  }
  sources.file = settings.key_passphrase_file;
  if (!sources.variable_value && sources.file.empty() && settings.profile == config::Profile::kDevelopment) {
    return crypto::development_passphrase(settings.data_path + "/passphrase", random);
  }
  sources.prompt = crypto::file_exists(config::key_store_file(settings)) ? crypto::Prompt::kOnce : crypto::Prompt::kTwice;
  return crypto::find_passphrase(sources);
}

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

void announce(const config::Settings& settings, const node::Node& running, std::ostream& out) {
  const auto address = config::parse_listen_address(settings.http_listen_addr);
  const std::string scheme = settings.tls_cert.empty() ? "http" : "https";
  const std::string host = address->host.find(':') == std::string::npos ? address->host : "[" + address->host + "]";
  out << "node      " << running.did().text() << "\n"
      << "network   " << settings.network_id << " (" << codec::enum_name(settings.profile) << ")\n"
      << "serving   " << scheme << "://" << host << ":" << running.port() << "   docs at /system/docs\n"
      << "data      " << settings.data_path << "   operator API key in " << running.operator_key_file() << "\n"
      << std::flush;
}

void run_node(const config::Settings& settings, Session& session) {
  const sigset_t signals = block_stop_signals();
  auto log = make_log(settings.log_format == config::LogFormat::kJson ? LogFormat::kJson : LogFormat::kText,
                      codec::enum_name(settings.log_level));
  auto passphrase = passphrase_of(settings, session.random);
  if (!passphrase.ok()) return session.fail(kFailed, passphrase.error().detail());
  auto running = node::Node::start(settings, *passphrase, {session.clock, session.random, log});
  if (!running.ok()) return session.fail(kFailed, running.error().detail());
  announce(settings, **running, session.out);
  int signal = 0;
  sigwait(&signals, &signal);
  log->info("stopping");
  (*running)->stop();
  log->info("stopped");
}

}  // namespace

void define_node(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("--config", options->config_file, "settings file (TOML)");
  app.add_flag("--check", options->check, "print the effective settings and stop");
  app.footer("Every setting of docs/reference/settings.md is also a flag: --http_listen_addr=127.0.0.1:7900");
  app.allow_extras();
  app.callback([&app, options, &session] {
    auto settings = load(*options, app.remaining());
    if (!settings.ok()) return session.fail(kBadSettings, settings.error().detail());
    if (options->check) {
      session.out << config::effective_toml(*settings);
      return;
    }
    run_node(*settings, session);
  });
}

}  // namespace icn::cli
