#pragma once

#include <memory>

#include "base/log.h"
#include "base/random.h"
#include "dag/api/context.h"
#include "dag/charger.h"
#include "dag/memo_blocks.h"

namespace icn::dag {

// What the DAG is given. All of it outlives the Dag. `access` and `keep` may be null.
struct DagParts {
  storage::Store& store;  // holds dag::tables()
  const ledger::Ledger& ledger;
  ledger::Gateway& gateway;
  const ledger::Writer& writer;  // makes the charges
  const http::Cursors& cursors;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  telemetry::Metrics& metrics;
  ChargeSigner signer;
  const AccessRules* access = nullptr;
  const KeepRules* keep = nullptr;
};

struct DagOptions {
  BlockStoreOptions store;
  PruneOptions prune;  // node_did and keep are filled in
  std::uint64_t file_bytes_max = std::uint64_t{4} << 30;
  bool has_gateway = true;
  std::chrono::milliseconds tidy_every{1'000};
  std::chrono::milliseconds charge_every{60'000};
  std::chrono::seconds prune_every{0};  // 0: only when asked to
  // Another node writes to the store: nothing is kept of it here, no house is kept, and totals are not known.
  bool is_follower = false;
};

// The DAG of a node, whole: opens what is there, keeps house in one thread, gives its endpoints their
// context.
class Dag {
 public:
  static Result<std::unique_ptr<Dag>> open(DagParts parts, DagOptions options = {});
  ~Dag();  // stop()

  // Writes what waits and ends the threads. After the server has answered its requests, before the log stops.
  void stop();

  BlockStore& blocks() { return *blocks_; }
  Uploads& uploads() { return *uploads_; }
  const Access& access() const { return access_; }
  Meter& meter() { return meter_; }
  economics::MemoStore& memos() { return memos_; }
  // Makes the accounts' charges now instead of at the next minute. Not on an io thread.
  Result<void> charge_now();
  Api& api() { return api_; }

 private:
  Dag(DagParts parts, DagOptions options, std::unique_ptr<BlockStore> blocks,
      std::unique_ptr<Uploads> uploads);

  std::vector<Housekeeper::Task> tasks();
  void tidy();
  void prune();
  void charge();
  std::vector<telemetry::Family> families() const;

  DagParts parts_;
  DagOptions options_;
  std::unique_ptr<BlockStore> blocks_;
  std::unique_ptr<Uploads> uploads_;
  Access access_;
  Meter meter_;
  Pruner pruner_;
  MemoBlocks memos_;
  Charger charger_;
  std::mutex charging_;
  Housekeeper housekeeper_;
  Api api_;
  telemetry::Metrics::Handle collector_;
};

}  // namespace icn::dag
