#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "consensus/cometbft/application.h"

namespace icn::consensus {

struct StandaloneOptions {
  std::string network;  // of a genesis without app_state
  std::string profile;
  // Opens the store in its folder; called once the genesis is known, and at the start when there is a ledger.
  std::function<Result<std::unique_ptr<ledger::Ledger>>(const ledger::Genesis&)> open;
};

// The application for a CometBFT that somebody else runs: its ledger begins when InitChain says how. Without
// an app_state the genesis is {network, profile, time of the chain's genesis, operator: the did:key of its
// first Ed25519 validator}: the same on every node of that chain. Thread: any.
class StandaloneApplication final : public AbciHandler {
 public:
  // `existing`: the ledger of an earlier start, or null. The others outlive it.
  StandaloneApplication(std::unique_ptr<ledger::Ledger> existing, const Clock& clock,
                        std::shared_ptr<Log> log, StandaloneOptions options);
  ~StandaloneApplication() override;

  bool answer(const abci::Request& request, abci::Response& response) override;
  void check(std::span<const abci::RequestCheckTx* const> requests,
             std::span<abci::ResponseCheckTx* const> responses) override;

 private:
  std::shared_ptr<Application> current() const;
  Result<std::shared_ptr<Application>> begin(abci::Request& request);
  std::shared_ptr<Application> make_application(const std::string& chain);

  const Clock& clock_;
  std::shared_ptr<Log> log_;
  StandaloneOptions options_;
  mutable std::mutex mutex_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::shared_ptr<Application> application_;
};

}  // namespace icn::consensus
