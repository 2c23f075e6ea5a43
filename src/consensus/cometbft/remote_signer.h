#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/log.h"
#include "consensus/cometbft/vote_signer.h"

namespace icn::consensus {

// Keeps a connection to the socket on which CometBFT waits for who keeps its validator's key
// (priv_validator_laddr), and answers what it asks. Connects again whenever the engine has started anew.
class RemoteSigner {
 public:
  RemoteSigner(std::string address, VoteSigner signer, std::shared_ptr<Log> log);
  ~RemoteSigner();

 private:
  void run();
  void serve(int socket);

  std::string address_;
  VoteSigner signer_;
  std::shared_ptr<Log> log_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace icn::consensus
