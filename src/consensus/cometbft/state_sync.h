#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/log.h"
#include "ledger/ledger.h"

namespace tendermint::abci {
class RequestApplySnapshotChunk;
class RequestLoadSnapshotChunk;
class RequestOfferSnapshot;
class ResponseApplySnapshotChunk;
class ResponseListSnapshots;
class ResponseLoadSnapshotChunk;
class ResponseOfferSnapshot;
}  // namespace tendermint::abci

namespace icn::consensus {

namespace abci = tendermint::abci;

inline constexpr std::uint32_t kSnapshotFormat = 1;

// The snapshot calls of ABCI. A snapshot is offered for the engine height whose block became the header that
// names the checkpoint's root: the app hash that the engine's light client vouches for is then that header's
// hash, and all of the snapshot follows from it (ledger/restore.h). Thread: any; one call at a time.
class StateSync {
 public:
  // All outlive it.
  StateSync(ledger::Ledger& ledger, std::shared_ptr<Log> log, std::string chain)
      : ledger_(ledger), log_(std::move(log)), chain_(std::move(chain)) {}

  void list(abci::ResponseListSnapshots& response);
  void load(const abci::RequestLoadSnapshotChunk& request, abci::ResponseLoadSnapshotChunk& response);
  // Refused when the ledger here is as far already.
  void offer(const abci::RequestOfferSnapshot& request, abci::ResponseOfferSnapshot& response);
  // The last chunk replaces the ledger: it is answered when that is durable.
  void apply(const abci::RequestApplySnapshotChunk& request, abci::ResponseApplySnapshotChunk& response);

 private:
  struct Offered {
    std::uint64_t engine_height = 0;
    std::uint64_t epoch = 0;
    ledger::Manifest manifest;
  };
  std::vector<Offered> snapshots() const;
  Result<void> begin(const abci::RequestOfferSnapshot& request);
  Result<void> restore();

  ledger::Ledger& ledger_;
  std::shared_ptr<Log> log_;
  std::string chain_;
  std::mutex mutex_;
  std::optional<ledger::SnapshotReceiver> receiver_;
  std::uint64_t offered_height_ = 0;
};

}  // namespace icn::consensus
