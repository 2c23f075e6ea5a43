#include "devnet/kvstore_network.h"

#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/errors.h"
#include "bench/program.h"
#include "consensus/cometbft/engine_files.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"
#include "devnet/json_at.h"
#include "devnet/world.h"
#include "http/client.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kStartWait = std::chrono::seconds(30);
constexpr auto kMeetingWait = std::chrono::seconds(3);
constexpr std::size_t kSecretAt = 32;  // in CometBFT's file: seed, then public key

// Where scripts/setup.sh puts it, else what PATH has.
std::string engine_program() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const std::string folder = cache != nullptr ? cache : std::string(home != nullptr ? home : "") + "/.cache";
  const std::string installed = folder + "/icn/go/bin/cometbft";
  if (std::filesystem::exists(installed)) return installed;
  const bench::ProgramResult found = bench::run_program("command -v cometbft");
  return found.text.substr(0, found.text.find('\n'));
}

// The id others dial, from the key file that CometBFT has made.
Result<std::string> engine_id_of(const std::filesystem::path& home) {
  ICN_TRY_ASSIGN(text, crypto::read_secret_file((home / "config/node_key.json").string(), 1 << 16));
  ICN_TRY_ASSIGN(json, codec::parse_json(as_text(text.view())));
  ICN_TRY_ASSIGN(both, base64_decode(text_at(json, "priv_key.value")));
  if (both.size() != 2 * kSecretAt) return Error(errors::kUnavailable, "node_key.json holds another key");
  ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(ByteView(both).subspan(kSecretAt)));
  return consensus::engine_id(key);
}

Result<void> wait_until_served(std::uint16_t port, const std::filesystem::path& log) {
  const Clock::time_point deadline = Clock::now() + kStartWait;
  auto client = http::Client::make("http://127.0.0.1:" + std::to_string(port));
  while (Clock::now() < deadline) {
    const auto answer = client->get("/status");
    if (answer.ok() && answer->status == 200) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Error(errors::kUnavailable, "cometbft does not serve: " + end_of_file(log, 400));
}

}  // namespace

Result<std::unique_ptr<KvstoreNetwork>> KvstoreNetwork::start(const std::filesystem::path& folder,
                                                              std::size_t validators) {
  const std::string program = engine_program();
  if (program.empty())
    return Error(errors::kUnavailable, "cometbft is not installed (scripts/setup.sh test)");
  const bench::ProgramResult made =
      bench::run_program(bench::shell_word(program) + " testnet --v " + std::to_string(validators) + " --o " +
                         bench::shell_word(folder.string()));
  if (made.exit_code != 0)
    return Error(errors::kUnavailable, "cometbft testnet: " + made.text.substr(0, 300));

  auto out = std::unique_ptr<KvstoreNetwork>(new KvstoreNetwork());
  const std::vector<std::uint16_t> ports = free_ports(2 * validators);
  std::vector<std::string> peers;
  for (std::size_t i = 0; i < validators; ++i) {
    ICN_TRY_ASSIGN(id, engine_id_of(folder / ("node" + std::to_string(i))));
    peers.push_back(id + "@127.0.0.1:" + std::to_string(ports[2 * i]));
    out->ports_.push_back(ports[2 * i + 1]);
  }
  for (std::size_t i = 0; i < validators; ++i) {
    const std::filesystem::path home = folder / ("node" + std::to_string(i));
    consensus::EngineSettings settings;
    settings.home = home.string();
    settings.name = home.filename().string();
    settings.application = "kvstore";
    settings.rpc = "tcp://127.0.0.1:" + std::to_string(ports[2 * i + 1]);
    settings.listen = "127.0.0.1:" + std::to_string(ports[2 * i]);
    for (std::size_t k = 0; k < validators; ++k) {
      if (k != i) settings.peers.push_back(peers[k]);
    }
    std::ofstream(home / "config/config.toml") << consensus::engine_config(settings);
    ICN_TRY_ASSIGN(child,
                   Child::start({{program, "start", "--home", home.string()}, home.string() + ".log"}));
    out->children_.push_back(std::move(child));
  }
  for (std::size_t i = 0; i < validators; ++i)
    ICN_TRY(wait_until_served(out->ports_[i], folder / ("node" + std::to_string(i) + ".log")));
  std::this_thread::sleep_for(kMeetingWait);
  return out;
}

}  // namespace icn::devnet
