#include "consensus/cometbft/own_engine.h"

#include <unistd.h>

#include <filesystem>

#include "base/errors.h"
#include "consensus/cometbft/engine_peers.h"

namespace icn::consensus {
namespace {

// Sockets lie in the engine's folder unless their paths would be too long for one (107 bytes).
Result<std::string> socket_folder(const std::string& home, bool& is_temporary) {
  constexpr std::size_t kFolderSizeMax = 90;
  is_temporary = home.size() > kFolderSizeMax;
  if (!is_temporary) {
    std::error_code failure;
    std::filesystem::create_directories(home, failure);
    if (failure) return Error(errors::kInternal, "cannot make the folder " + home + ": " + failure.message());
    return home;
  }
  std::string folder = "/tmp/icn-engine-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr)
    return Error(errors::kInternal, "cannot make a folder for the engine's sockets in /tmp");
  return folder;
}

}  // namespace

Result<std::unique_ptr<Engine>> OwnEngine::start(Application& application, std::shared_ptr<Log> log,
                                                 OwnEngineOptions options, const crypto::SecretKey& node_key,
                                                 const crypto::SecretKey& validator_key) {
  auto out = std::unique_ptr<OwnEngine>(new OwnEngine(std::move(log), std::move(options)));
  EngineSettings& engine = out->options_.engine;
  engine.home = std::filesystem::absolute(engine.home).lexically_normal().string();
  bool is_temporary = false;
  ICN_TRY_ASSIGN(folder, socket_folder(engine.home, is_temporary));
  if (is_temporary) out->socket_folder_ = folder;
  engine.application = "unix://" + folder + "/abci.sock";
  engine.rpc = "unix://" + folder + "/rpc.sock";
  engine.signer = "unix://" + folder + "/signer.sock";
  ICN_TRY(write_engine_files(engine, node_key));
  ICN_TRY_ASSIGN(signer, VoteSigner::open(out->options_.chain, validator_key, out->options_.signed_file));
  out->signer_ = std::make_unique<RemoteSigner>(engine.signer, std::move(signer), out->log_);
  ICN_TRY_ASSIGN(server, AbciServer::start(engine.application, application, out->log_));
  out->server_ = std::move(server);
  out->rpc_.emplace(engine.rpc);
  EngineProcessOptions process;
  process.command = {out->options_.program, "node", "--home", engine.home};
  process.environment = {"GOMAXPROCS=" + std::to_string(out->options_.threads)};
  process.log_file = engine.home + "/cometbft.log";
  process.before_start = [log = out->log_, &application, folder, home = engine.home] {
    if (auto dropped = drop_half_made(home); !dropped.ok()) log->error("{}", dropped.error().detail());
    for (const char* const name : {"/rpc.sock", "/signer.sock"}) ::unlink((folder + name).c_str());
    application.engine_starts();
  };
  out->process_ = std::make_unique<EngineProcess>(std::move(process), out->log_);
  return std::unique_ptr<Engine>(std::move(out));
}

OwnEngine::~OwnEngine() {
  process_.reset();
  signer_.reset();
  server_.reset();
  if (!socket_folder_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(socket_folder_, ignored);
  }
}

bool OwnEngine::follows() {
  const std::uint64_t starts = process_->starts();
  if (starts != 0 && followed_start_ == starts) return true;
  const auto status = rpc_->call("status");
  if (!status.ok() || status->object() == nullptr) return false;
  const codec::Json* const sync = status->find("sync_info");
  const codec::Json* const behind =
      sync != nullptr && sync->object() != nullptr ? sync->find("catching_up") : nullptr;
  if (behind == nullptr || behind->boolean() == nullptr || *behind->boolean()) return false;
  const auto meets = meets_others(*rpc_);
  if (!meets.ok() || !*meets) return false;
  process_->found_well();
  followed_start_ = starts;
  return true;
}

Result<EngineTip> OwnEngine::newest_block() const {
  RpcClient rpc(options_.engine.rpc);
  ICN_TRY_ASSIGN(status, rpc.call("status"));
  const codec::Json* const sync = status.find("sync_info");
  const auto text = [&](std::string_view name) {
    const codec::Json* const found = sync != nullptr ? sync->find(name) : nullptr;
    return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
  };
  ICN_TRY_ASSIGN(height, codec::read_uint64(codec::Json::Number{text("latest_block_height")}));
  std::string hash_text = text("latest_block_hash");
  for (char& c : hash_text) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  ICN_TRY_ASSIGN(hash, hex_decode(hash_text));
  if (height == 0 || hash.size() != 32) return Error(errors::kUnavailable, "the engine has no block yet");
  return EngineTip{height, std::move(hash)};
}

}  // namespace icn::consensus
