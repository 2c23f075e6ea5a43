#pragma once

#include "consensus/cometbft/attestation.h"
#include "consensus/cometbft/rpc_client.h"

namespace icn::consensus {

struct EngineTip {
  std::uint64_t height = 0;
  Bytes hash;
};

// CometBFT as this node reaches it: a process of its own (own_engine.h), or those of validators elsewhere
// (followed_engine.h). It calls the node's application with what was decided.
// Thread: follows(), hand_over() and attestation() one at a time; all else any.
class Engine {
 public:
  virtual ~Engine() = default;

  // Raised when what was handed over may be in no pool any more.
  virtual std::uint64_t losses() const = 0;
  // Why nothing can be ordered through it; empty: it can, or it has just begun.
  virtual std::string problem() const = 0;
  // It answers, and this node has all that the others have decided.
  virtual bool follows() = 0;
  // As RpcClient::broadcast().
  virtual Result<std::vector<BroadcastAnswer>> hand_over(std::span<const std::string> wires) = 0;
  // Of the engine's block `height`, not checked.   engine_failed: it has none, or does not answer
  virtual Result<EngineAttestation> attestation(std::uint64_t height) = 0;
  // unavailable: it has none yet, or does not answer
  virtual Result<EngineTip> newest_block() const = 0;
  // Of the engine's own socket (RpcClient); empty: it is not this node's. Whether it takes dial_peers there.
  virtual std::string rpc_address() const { return {}; }
  virtual bool can_dial() const { return false; }
  // Nothing calls the application any more when it returns.
  virtual void stop() = 0;
};

}  // namespace icn::consensus
