#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "consensus/cometbft/abci_handler.h"
#include "consensus/cometbft/admission.h"
#include "consensus/cometbft/engine_state.h"
#include "consensus/cometbft/state_sync.h"
#include "consensus/cometbft/waiting_pool.h"
#include "ledger/state_cache.h"

namespace tendermint::abci {
class RequestFinalizeBlock;
class RequestInitChain;
class RequestPrepareProposal;
class RequestProcessProposal;
class ResponseFinalizeBlock;
class ResponsePrepareProposal;
}  // namespace tendermint::abci

namespace icn::consensus {

struct ApplicationOptions {
  std::string chain;                       // the engine's chain id
  std::size_t sender_waiting_max = 5'000;  // transactions of one sender in the engine's pool
  std::size_t remembered_max = 50'000;     // verified transactions kept in memory
  std::size_t cache_bytes_max = 16 << 20;  // rows of the state kept in memory from block to block
};

// A block of the engine that is durable here.
struct CommittedBlock {
  std::uint64_t engine_height = 0;
  TimestampSecs time = 0;                    // of the ledger from now on
  std::uint64_t height = 0;                  // of our block; 0: the engine's block changed nothing
  bool names_checkpoint = false;             // our block's header holds a root
  std::vector<TransactionPtr> transactions;  // that our block holds
  std::vector<ledger::Outcome> outcomes;     // one each
};

// Who wants to know. Called on the threads of the server; must be quick.
struct ApplicationListener {
  std::function<void(const CommittedBlock&)> committed;
  // CheckTx refused a transaction of good form and signature: it is in no pool.
  std::function<void(const crypto::Hash& id, const Error&)> refused;
};

// The ledger as an ABCI 2.0 application. FinalizeBlock computes, Commit makes durable in one batch, nothing
// is kept of what comes before it. Its app hash is the hash of the newest block's header. The rules of form
// by which a proposal is refused read the transactions, the proposed time and the last committed state,
// nothing else. Thread: check() any; answer() one at a time for consensus calls, which it enforces.
class Application final : public AbciHandler {
 public:
  // All outlive it.
  Application(ledger::Ledger& ledger, const Clock& clock, std::shared_ptr<Log> log,
              ApplicationOptions options, ApplicationListener listener);

  bool answer(const abci::Request& request, abci::Response& response) override;
  void check(std::span<const abci::RequestCheckTx* const> requests,
             std::span<abci::ResponseCheckTx* const> responses) override;

  // The checks of CheckTx, of what is handed to an engine that is not this node's. One answer each; the
  // listener is told why one is refused. What was admitted before is checked as the engine checks its pool
  // again.
  enum class Admitted { kNo, kNew, kAgain };
  Result<std::vector<Admitted>> admit(std::span<const std::string> wires);

  Admission& admission() { return admission_; }
  // The engine begins anew: its pool is empty.
  void engine_starts();
  // Why the last Commit failed; empty: it did not.
  std::string problem() const;

 private:
  struct Computed {
    EngineNote note;
    std::optional<ledger::ExecutedBlock> block;  // none: changes nothing
    std::vector<TransactionPtr> transactions;
  };

  // Of the store that shows block `head`; anything else that wrote to it makes it begin anew.
  struct HotState {
    std::shared_ptr<storage::Store> store;
    ledger::StateCache rows;
    crypto::Hash head;
  };

  ledger::StateCache& hot_state(const std::shared_ptr<storage::Store>& store, const crypto::Hash& head);
  Result<void> dispatch(const abci::Request& request, abci::Response& response);
  Result<void> dispatch_consensus(const abci::Request& request, abci::Response& response);
  Result<void> info(abci::Response& response) const;
  Result<void> init_chain(const abci::RequestInitChain& request, abci::Response& response) const;
  Result<void> check_continuation(const ledger::Continuation& continues, const ledger::Reader& store) const;
  Result<void> prepare(const abci::RequestPrepareProposal& request, abci::ResponsePrepareProposal& response);
  // The reason to refuse.
  Result<void> inspect(const abci::RequestProcessProposal& request);
  Result<void> finalize(const abci::RequestFinalizeBlock& request, abci::ResponseFinalizeBlock& response);
  Result<void> commit();
  Result<void> write(Computed& computed);
  Result<void> look_what_was_written(const EngineNote& wanted, const Error& failure);
  // The oldest engine height that others may still need from this node; 0: all.
  Result<std::uint64_t> retain_height() const;
  Result<void> judge(const Result<TransactionPtr>& read, bool is_recheck, const ledger::Reader& state);
  Result<void> check_one(const Result<TransactionPtr>& read, bool is_recheck, const ledger::Reader& state);
  Result<void> check_payment(const ledger::CheckedTransaction& transaction, TimestampSecs now,
                             const ledger::Reader& state) const;
  // What a block at `time` may hold of what was read: in time, unknown to the ledger, no repeats.
  Result<void> check_place(const ledger::CheckedTransaction& transaction, TimestampSecs time,
                           const ledger::Reader& state) const;
  TimestampSecs ledger_time(std::int64_t seconds) const;

  ledger::Ledger& ledger_;
  const Clock& clock_;
  std::shared_ptr<Log> log_;
  ApplicationOptions options_;
  ApplicationListener listener_;
  ledger::BlockExecutor executor_;
  Admission admission_;
  WaitingPool pool_;
  StateSync state_sync_;
  std::mutex consensus_mutex_;
  std::optional<Computed> computed_;
  std::optional<HotState> hot_;
  mutable std::mutex problem_mutex_;
  std::string problem_;
};

}  // namespace icn::consensus
