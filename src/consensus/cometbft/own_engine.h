#pragma once

#include "consensus/cometbft/abci_server.h"
#include "consensus/cometbft/application.h"
#include "consensus/cometbft/engine.h"
#include "consensus/cometbft/engine_files.h"
#include "consensus/cometbft/engine_process.h"
#include "consensus/cometbft/remote_signer.h"

namespace icn::consensus {

struct OwnEngineOptions {
  std::string chain;
  std::string program;      // the cometbft binary
  std::size_t threads = 1;  // of it, that compute at a time
  std::string signed_file;  // record of what the validator signed last
  EngineSettings engine;    // application, rpc, signer: made here
};

// A CometBFT that this node configures, starts and watches, and whose validator's key it keeps.
class OwnEngine final : public Engine {
 public:
  // `application` outlives it. Errors: of listen_at(), write_engine_files(), VoteSigner::open(). Returns
  // before the engine has answered.
  static Result<std::unique_ptr<Engine>> start(Application& application, std::shared_ptr<Log> log,
                                               OwnEngineOptions options, const crypto::SecretKey& node_key,
                                               const crypto::SecretKey& validator_key);
  ~OwnEngine() override;

  std::uint64_t losses() const override { return process_->starts(); }
  std::string problem() const override { return process_->problem(); }
  bool follows() override;
  Result<std::vector<BroadcastAnswer>> hand_over(std::span<const std::string> wires) override {
    return rpc_->broadcast(wires);
  }
  Result<EngineAttestation> attestation(std::uint64_t height) override {
    return fetch_attestation(*rpc_, height);
  }
  Result<EngineTip> newest_block() const override;
  std::string rpc_address() const override { return options_.engine.rpc; }
  bool can_dial() const override { return options_.engine.rpc_listen.empty(); }
  void stop() override { process_->stop(); }

 private:
  OwnEngine(std::shared_ptr<Log> log, OwnEngineOptions options)
      : log_(std::move(log)), options_(std::move(options)) {}

  const std::shared_ptr<Log> log_;
  OwnEngineOptions options_;
  std::string socket_folder_;  // made for short paths; removed at the end
  std::unique_ptr<AbciServer> server_;
  std::unique_ptr<RemoteSigner> signer_;
  std::unique_ptr<EngineProcess> process_;
  std::optional<RpcClient> rpc_;      // of the thread that hands over
  std::uint64_t followed_start_ = 0;  // the start after which it had caught up; 0: none yet
};

}  // namespace icn::consensus
