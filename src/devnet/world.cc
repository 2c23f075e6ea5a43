#include "devnet/world.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/errors.h"
#include "codec/values.h"
#include "config/settings.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"
#include "crypto/key_text.h"
#include "crypto/passphrase.h"
#include "devnet/node_settings.h"
#include "devnet/socket_owner.h"
#include "node/keys.h"
#include "node/node.h"
#include "node/ordering.h"

namespace icn::devnet {
namespace {

constexpr std::uint64_t kStartWaitMs = 120'000;
constexpr std::uint64_t kStopWaitMs = 15'000;
constexpr std::size_t kFollowed = 2;

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& each : items) out += (out.empty() ? "" : ",") + each;
  return out;
}

}  // namespace

// All of them are held until the last is found.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<int> sockets;
  std::vector<std::uint16_t> out;
  for (std::size_t i = 0; i < count; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
      out.push_back(ntohs(address.sin_port));
    }
    sockets.push_back(socket);
  }
  for (const int each : sockets) ::close(each);
  return out;
}

std::string end_of_file(const std::filesystem::path& file, std::size_t bytes) {
  std::ifstream input(file, std::ios::binary | std::ios::ate);
  if (!input) return {};
  const auto size = static_cast<std::size_t>(input.tellg());
  const std::size_t count = std::min(size, bytes);
  input.seekg(static_cast<std::streamoff>(size - count));
  std::string out(count, '\0');
  input.read(out.data(), static_cast<std::streamsize>(count));
  return out;
}

std::string NodePlan::peer_address() const {
  const auto key = crypto::read_did_key(did.text());
  const std::string id = key.ok() ? network::peer_id(*key).text() : std::string();
  return "/ip4/127.0.0.1/tcp/" + std::to_string(peer_relay != 0 ? peer_relay : peer_port) + "/p2p/" + id;
}

std::string NodePlan::rpc_address() const {
  return "127.0.0.1:" + std::to_string(rpc_relay != 0 ? rpc_relay : rpc_port);
}

Result<std::unique_ptr<World>> World::make(WorldOptions options, const Control& control) {
  auto world = std::unique_ptr<World>(new World(std::move(options)));
  ICN_TRY(world->plan());
  for (std::size_t i = 0; i < world->size(); ++i) {
    if (control.is_stopping) return Error(errors::kUnavailable, "told to end");
    control.show("making the keys of node " + std::to_string(i + 1) + " of " + std::to_string(world->size()));
    ICN_TRY(world->make_keys(i));
  }
  if (world->size() > 1) ICN_TRY(world->write_genesis());
  world->finish_flags();
  return world;
}

std::unique_ptr<World> World::again(WorldOptions options, std::vector<NodePlan> plans) {
  auto world = std::unique_ptr<World>(new World(std::move(options)));
  world->plans_ = std::move(plans);
  world->children_.resize(world->plans_.size());
  return world;
}

World::~World() {
  if (options_.life == Life::kWithParent) stop();
}

Result<void> World::plan() {
  if (options_.nodes == 0 || options_.validators == 0 || options_.validators > options_.nodes) {
    return Error(errors::kMalformed, "there must be 1 validator at least, and as many nodes");
  }
  const std::vector<std::uint16_t> ports = free_ports(4 * options_.nodes);
  if (ports.size() < 4 * options_.nodes) return Error(errors::kInternal, "no free ports on 127.0.0.1");
  if (options_.has_relays) {
    relays_ = std::make_unique<Relays>(options_.nodes,
                                       [this](std::uint64_t inode) { return node_with_socket(inode); });
  }
  for (std::size_t i = 0; i < options_.nodes; ++i) {
    NodePlan node;
    node.name = "node-" + std::to_string(i);
    node.folder = (options_.folder / node.name).string();
    node.http_port = ports[4 * i];
    node.engine_port = ports[4 * i + 1];
    node.peer_port = ports[4 * i + 2];
    node.rpc_port = ports[4 * i + 3];
    node.is_validator = i < options_.validators;
    std::vector<std::string> own{"--node_name=" + node.name,
                                 "--network_id=" + std::string(kNetwork),
                                 "--data_path=" + node.folder,
                                 "--http_listen_addr=127.0.0.1:" + std::to_string(node.http_port),
                                 "--p2p.listen=/ip4/127.0.0.1/tcp/" + std::to_string(node.peer_port),
                                 "--consensus.listen=127.0.0.1:" + std::to_string(node.engine_port)};
    if (relays_) ICN_TRY(put_relays(node, i, own));
    own.insert(own.end(), options_.settings.begin(), options_.settings.end());
    node.flags = lean_flags(own);
    plans_.push_back(std::move(node));
  }
  children_.resize(options_.nodes);
  return {};
}

// Others are told the relays' ports, and nothing else.
Result<void> World::put_relays(NodePlan& node, std::size_t number, std::vector<std::string>& flags) {
  ICN_TRY_ASSIGN(engine, relays_->add(number, node.engine_port));
  ICN_TRY_ASSIGN(peer, relays_->add(number, node.peer_port));
  ICN_TRY_ASSIGN(rpc, relays_->add(number, node.rpc_port));
  node.engine_relay = engine;
  node.peer_relay = peer;
  node.rpc_relay = rpc;
  flags.push_back("--consensus.external_address=127.0.0.1:" + std::to_string(engine));
  flags.push_back("--p2p.external=/ip4/127.0.0.1/tcp/" + std::to_string(peer));
  flags.push_back("--p2p.hide_listen=true");
  return {};
}

std::optional<std::size_t> World::node_with_socket(std::uint64_t inode) const {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    const pid_t its = pid(i);
    if (its > 0 && holds_socket(its, inode)) return i;
  }
  return std::nullopt;
}

// As `icn federation validator` does it.
Result<void> World::make_keys(std::size_t number) {
  NodePlan& node = plans_[number];
  config::Sources sources;
  sources.flags = node.flags;
  ICN_TRY_ASSIGN(settings, config::load_settings(sources));
  ICN_TRY(node::prepare_data_folder(settings));
  SystemRandom random;
  ICN_TRY_ASSIGN(passphrase, crypto::development_passphrase(settings.data_path + "/passphrase", random));
  ICN_TRY_ASSIGN(keys, node::open_key_store(settings, passphrase, random));
  ICN_TRY_ASSIGN(info, node::validator_info(settings, keys));
  node.did = info.did;
  node.engine_peer = info.peer;
  validator_files_.push_back(codec::to_json_text(info));
  return {};
}

Result<void> World::write_genesis() {
  std::vector<consensus::ValidatorInfo> validators;
  for (std::size_t i = 0; i < options_.validators; ++i) {
    ICN_TRY_ASSIGN(json, codec::parse_json(validator_files_[i]));
    ICN_TRY_ASSIGN(info, codec::from_json<consensus::ValidatorInfo>(json));
    validators.push_back(std::move(info));
  }
  const ledger::Genesis genesis{std::string(kNetwork), "development", plans_.front().did,
                                SystemClock().now_secs()};
  ICN_TRY_ASSIGN(text, consensus::make_network_genesis(genesis, validators));
  return crypto::write_file_durably((options_.folder / "genesis.json").string(), as_bytes(text),
                                    crypto::Existing::kReplace);
}

void World::finish_flags() {
  for (std::size_t i = 0; i < size(); ++i) {
    NodePlan& node = plans_[i];
    if (i > 0) node.flags.push_back("--p2p.bootstrap=" + plans_.front().peer_address());
    if (size() == 1) continue;
    // Validators know each other; who follows them knows some of them, not always the same.
    const std::size_t count =
        node.is_validator ? options_.validators : std::min(kFollowed, options_.validators);
    const bool has_engine = node.is_validator || options_.has_engines;
    std::vector<std::string> known;
    for (std::size_t k = 0; k < count; ++k) {
      const NodePlan& other = plans_[(i + k) % options_.validators];
      if (&other != &node) known.push_back(has_engine ? other.engine_peer : other.rpc_address());
    }
    node.flags.push_back("--consensus.genesis_file=" + (options_.folder / "genesis.json").string());
    node.flags.push_back(std::string("--consensus.engine=") + (has_engine ? "cometbft" : "follow"));
    node.flags.push_back((has_engine ? "--consensus.peers=" : "--consensus.followed=") + joined(known));
    if (node.is_validator && size() > options_.validators && !options_.has_engines)
      node.flags.push_back("--consensus.rpc_listen=127.0.0.1:" + std::to_string(node.rpc_port));
  }
}

Result<void> World::start_node(std::size_t number) {
  const NodePlan& node = plans_[number];
  Command command{{options_.executable, "node"}, node.log(), options_.life};
  command.words.insert(command.words.end(), node.flags.begin(), node.flags.end());
  auto child = Child::start(command);
  if (!child.ok()) return child.error();
  const std::lock_guard lock(mutex_);
  children_[number] = std::move(*child);
  return {};
}

void World::kill_node(std::size_t number) {
  const std::lock_guard lock(mutex_);
  children_[number].kill();
}

pid_t World::pid(std::size_t number) const {
  const std::lock_guard lock(mutex_);
  return children_[number].is_running() ? children_[number].pid() : -1;
}

Result<void> World::wait_until_all(const Control& control, const std::string& path, const std::string& what,
                                   std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartWaitMs);
  std::set<std::size_t> waiting;
  for (std::size_t i = 0; i < count; ++i) waiting.insert(i);
  while (!waiting.empty()) {
    control.show(std::to_string(count - waiting.size()) + " of " + std::to_string(size()) + " nodes " + what);
    std::erase_if(waiting, [&](std::size_t i) {
      const auto answer = client(i, 2'000).get(path);
      return answer.ok() && answer->status == 200;
    });
    for (const std::size_t i : waiting) {
      const bool is_late = std::chrono::steady_clock::now() > deadline;
      std::unique_lock lock(mutex_);
      const bool is_gone = !children_[i].is_running();
      lock.unlock();
      if (is_late || is_gone) {
        return Error(errors::kUnavailable, plans_[i].name + (is_gone ? " ended" : " is not ready") + ": " +
                                               end_of_file(plans_[i].log(), 800));
      }
    }
    if (!waiting.empty() && !control.pause_ms(100)) return Error(errors::kUnavailable, "told to end");
  }
  return {};
}

Result<void> World::start(const Control& control) {
  if (relays_) relays_->start();
  ICN_TRY(start_node(0));
  ICN_TRY(wait_until_all(control, "/network/local-peer-id", "serve", 1));
  for (std::size_t i = 1; i < size(); ++i) ICN_TRY(start_node(i));
  last_start_ = std::chrono::steady_clock::now();
  return wait_until_all(control, "/network/local-peer-id", "serve", size());
}

Result<void> World::wait_until_ready(const Control& control) {
  return wait_until_all(control, "/system/ready", "are ready", size());
}

void World::stop() {
  const std::lock_guard lock(mutex_);
  for (Child& each : children_) each.ask_to_end();
  if (relays_) relays_->heal();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStopWaitMs);
  for (Child& each : children_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (!each.wait_for_end(left.count() > 0 ? static_cast<std::uint64_t>(left.count()) : 0)) each.kill();
  }
}

std::size_t World::number_of(const Did& did) const {
  const auto found = std::ranges::find_if(plans_, [&](const NodePlan& node) { return node.did == did; });
  return static_cast<std::size_t>(found - plans_.begin());
}

http::Client World::client(std::size_t number, std::uint32_t timeout_ms) const {
  http::ClientOptions options;
  options.connect_timeout_ms = 2'000;
  options.timeout_ms = timeout_ms;
  return std::move(http::Client::make(plans_[number].url(), options).value());
}

std::string World::operator_key(std::size_t number) const {
  std::ifstream file(plans_[number].folder + "/operator-api-key");
  std::string key;
  file >> key;
  return key;
}

}  // namespace icn::devnet
