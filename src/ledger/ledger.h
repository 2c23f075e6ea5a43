#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "ledger/block_executor.h"
#include "ledger/changes.h"
#include "ledger/checkpoint_keeper.h"
#include "ledger/parameters.h"
#include "ledger/restore.h"
#include "ledger/state.h"
#include "storage/store.h"

namespace icn::ledger {

// What the newest durable block made true. Immutable.
struct Published {
  Head head;
  Parameters parameters;
  NetworkRecord network;
};

// The committed ledger of this node: the store, the newest block, and who listens. Readers never wait for
// the writer; what they see is durable.
// Thread: reads and listen() any; commit(), write() and reopen() the writer's only; finish() one at a time.
class Ledger {
 public:
  using Listener = std::function<void(const Published& now, const std::vector<Event>& events)>;

  // Opens the store and, when it is empty, makes block 0 from `genesis`. A store of another network:
  // malformed. Else what storage reports.
  static Result<std::unique_ptr<Ledger>> open(std::unique_ptr<storage::Engine> engine,
                                              std::vector<storage::TableSchema> tables, const Rules& rules,
                                              const Genesis& genesis, CheckpointOptions checkpoints = {});
  // Opens a store whose blocks another process makes, to read it: begins nothing, keeps no checkpoints, and
  // takes no block. What is new in it is shown after catch_up().
  static Result<std::unique_ptr<Ledger>> follow(std::unique_ptr<storage::Engine> engine,
                                                std::vector<storage::TableSchema> tables, const Rules& rules,
                                                const std::string& network);
  ~Ledger();

  const Rules& rules() const { return rules_; }
  const std::vector<storage::TableSchema>& tables() const { return tables_; }
  std::shared_ptr<const Published> published() const;
  // Why no block may be added: the newest one is of a version this program does not know. Empty: they may.
  std::string too_new() const;
  // The store for single reads; keep it no longer than a request. unavailable: it is being reopened.
  Result<std::shared_ptr<storage::Store>> store() const;
  // One moment of the store, for several reads that must fit together.
  Result<std::shared_ptr<const storage::Reader>> snapshot() const;

  // Versions of what the newest block made true.
  const Changes& changes() const { return changes_; }
  // Tables of whose changes other nodes are told, and who tells them: the places that a block has changed,
  // once readers see it; none: all may have, the store was opened anew. Must be quick. Once, before blocks
  // are added.
  using TellPlaces = std::function<void(const std::vector<std::uint64_t>& places)>;
  void share_changes(std::vector<std::uint16_t> tables, TellPlaces tell) {
    changes_.share(std::move(tables));
    tell_places_ = std::move(tell);
  }

  // What an executor of this ledger's blocks needs; outlived by the ledger.
  CheckpointRoots checkpoint_roots() {
    return [this](std::uint64_t height) { return keeper_->root(height); };
  }
  CheckpointKeeper& checkpoints() { return *keeper_; }
  const CheckpointKeeper& checkpoints() const { return *keeper_; }

  // write() and finish() at once.
  Result<void> commit(const ExecutedBlock& block);
  // In two steps, so that a writer executes the next block while this one is synced. write() puts the block
  // into the store and answers the parameters from then on; reads of the store show it before it is durable.
  // finish() makes it durable, publishes it and tells the listeners: block after block, as they were written.
  // Errors as Store::write and Store::flush; nothing was published then. After kSyncFailed of either the block
  // may be in the store: reopen() shows it.
  Result<Parameters> write(const ExecutedBlock& block);
  const Parameters& written_parameters() const { return written_parameters_; }  // thread: the writer's
  Result<void> finish(const ExecutedBlock& block, const Parameters& parameters);
  // After a failed sync: waits until readers have let go, opens the store again and publishes its newest
  // block. unavailable: they had not in 10 s, and reads go on from the old store. On any other error the
  // ledger stays closed. It may be called again.
  Result<void> reopen();

  // Of a ledger that follows: publishes the newest block of the store. `changed`: the places of shared tables
  // that changed up to `height`; none: anything may have. Listeners are told of no events. Errors as of
  // reads; nothing was published then. Thread: one at a time.
  Result<void> catch_up(const std::vector<std::uint64_t>& changed, std::uint64_t height);
  Result<void> catch_up_anew();

  // Replaces everything by a snapshot that was received, `extra` rows in the batch that ends it. Reads are
  // unavailable meanwhile. Errors of restore_ledger(): block 0 is all that is left then.
  Result<void> restore(const ReceivedSnapshot& snapshot, const std::vector<storage::Row>& extra);

  // From the next block on. A listener must be quick: the writer waits for it.
  void listen(Listener listener) {
    const std::lock_guard lock(listeners_mutex_);
    listeners_.push_back(std::move(listener));
  }

  // Transactions that wait in the network's pool: most of them are in one of the next blocks, and some are in
  // none. Only an engine that shares its pool with other nodes tells. A listener must be quick. Thread: any.
  using PoolListener = std::function<void(const CheckedTransaction& transaction)>;
  void listen_to_pool(PoolListener listener) {
    const std::lock_guard lock(listeners_mutex_);
    pool_listeners_.push_back(std::move(listener));
  }
  void tell_pooled(const CheckedTransaction& transaction);

 private:
  Ledger(std::unique_ptr<storage::Engine> engine, std::vector<storage::TableSchema> tables,
         const Rules& rules)
      : engine_(std::move(engine)), tables_(std::move(tables)), rules_(rules) {}

  Result<void> open_store();
  Result<void> check_network(const std::string& network) const;
  Result<void> begin_if_empty(const Genesis& genesis);
  Result<void> publish_from_store();
  void publish(std::shared_ptr<const Published> now);
  void note_all_changed();

  std::unique_ptr<storage::Engine> engine_;
  std::vector<storage::TableSchema> tables_;
  const Rules& rules_;
  Genesis genesis_;
  std::mutex listeners_mutex_;
  std::vector<Listener> listeners_;
  std::vector<PoolListener> pool_listeners_;
  Changes changes_;
  TellPlaces tell_places_;
  std::unique_ptr<CheckpointKeeper> keeper_;
  Parameters written_parameters_;  // after the newest block in the store; the writer's
  mutable std::mutex mutex_;       // of the two pointers; held for a copy only
  std::shared_ptr<storage::Store> store_;
  std::shared_ptr<const Published> published_;
};

}  // namespace icn::ledger
