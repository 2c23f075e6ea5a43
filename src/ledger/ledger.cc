#include "ledger/ledger.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/errors.h"
#include "ledger/state.h"
#include "storage/errors.h"
#include "storage/held_store.h"

namespace icn::ledger {
Result<std::unique_ptr<Ledger>> Ledger::open(std::unique_ptr<storage::Engine> engine,
                                             std::vector<storage::TableSchema> tables, const Rules& rules,
                                             const Genesis& genesis, CheckpointOptions checkpoints) {
  auto ledger = std::unique_ptr<Ledger>(new Ledger(std::move(engine), std::move(tables), rules));
  ICN_TRY(ledger->open_store());
  ICN_TRY(ledger->begin_if_empty(genesis));
  ICN_TRY(ledger->publish_from_store());
  ledger->note_all_changed();
  ICN_TRY(ledger->check_network(genesis.network));
  ledger->keeper_ = std::make_unique<CheckpointKeeper>(rules, ledger->tables_, std::move(checkpoints));
  ledger->keeper_->resume(ledger->store_);
  return ledger;
}

Result<std::unique_ptr<Ledger>> Ledger::follow(std::unique_ptr<storage::Engine> engine,
                                               std::vector<storage::TableSchema> tables, const Rules& rules,
                                               const std::string& network) {
  auto ledger = std::unique_ptr<Ledger>(new Ledger(std::move(engine), std::move(tables), rules));
  ICN_TRY(ledger->open_store());
  ICN_TRY(ledger->publish_from_store());
  ledger->note_all_changed();
  ICN_TRY(ledger->check_network(network));
  // Asked for its options alone: it never gets the store.
  ledger->keeper_ = std::make_unique<CheckpointKeeper>(rules, ledger->tables_, CheckpointOptions());
  return ledger;
}

Ledger::~Ledger() = default;

Result<void> Ledger::check_network(const std::string& network) const {
  const std::string& found = published_->network.network;
  if (found == network) return {};
  return Error(errors::kMalformed, "the store holds network \"" + found +
                                       "\", the settings say network_id = \"" + network +
                                       "\"; use another data folder or set network_id");
}

// The places first: who sees the new block must not be given what was kept before it.
Result<void> Ledger::catch_up(const std::vector<std::uint64_t>& changed, std::uint64_t height) {
  changes_.note_places(changed, height);
  return publish_from_store();
}

Result<void> Ledger::catch_up_anew() {
  ICN_TRY(publish_from_store());
  note_all_changed();
  return {};
}

Result<void> Ledger::begin_if_empty(const Genesis& genesis) {
  genesis_ = genesis;
  ICN_TRY_ASSIGN(restoring, kRestoring.get(*store_, kRestoringKey));
  if (restoring) ICN_TRY(wipe(rules_, tables_, *store_));
  ICN_TRY_ASSIGN(head, load_head(*store_));
  if (head) return {};
  if (genesis.continues) {
    return Error(kDamagedChain,
                 "the blocks up to " + std::to_string(genesis.continues->height) +
                     ", from before the federation, are missing; `icn federation follow` gets them");
  }
  ICN_TRY_ASSIGN(block, BlockExecutor(rules_).genesis(genesis, *store_));
  storage::RowBuffer rows(*store_);
  ICN_TRY(kRestoring.erase(rows, kRestoringKey));
  for (storage::Row& row : rows.take()) block.rows.push_back(std::move(row));
  return store_->write(block.rows, storage::Durability::kSynced);
}

Result<void> Ledger::open_store() {
  ICN_TRY_ASSIGN(opened, engine_->open(tables_));
  const std::lock_guard lock(mutex_);
  store_ = std::move(opened);
  return {};
}

Result<void> Ledger::publish_from_store() {
  ICN_TRY_ASSIGN(head, load_head(*store_));
  if (!head) return Error(kDamagedChain, "the store has no block");
  ICN_TRY_ASSIGN(parameters, load_parameters(*store_));
  ICN_TRY_ASSIGN(network, kNetwork.get(*store_, "network"));
  if (!network) return Error(kDamagedChain, "the state has no network record");
  written_parameters_ = parameters;
  publish(std::make_shared<const Published>(Published{std::move(*head), parameters, std::move(*network)}));
  return {};
}

void Ledger::note_all_changed() {
  changes_.note_all(published()->head.header.height);
  if (tell_places_) tell_places_({});
}

std::string Ledger::too_new() const {
  const BlockHeader header = published()->head.header;
  if (header.version <= kBlockVersion) return {};
  return "block " + std::to_string(header.height) + " has version " + std::to_string(header.version) +
         ", this program knows up to " + std::to_string(kBlockVersion) + "; update icn";
}

void Ledger::publish(std::shared_ptr<const Published> now) {
  const std::lock_guard lock(mutex_);
  published_ = std::move(now);
}

std::shared_ptr<const Published> Ledger::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

Result<std::shared_ptr<storage::Store>> Ledger::store() const {
  const std::lock_guard lock(mutex_);
  if (!store_) return Error(errors::kUnavailable, "the store is being opened again after a failed write");
  return store_;
}

Result<std::shared_ptr<const storage::Reader>> Ledger::snapshot() const {
  ICN_TRY_ASSIGN(open_store_now, store());
  return std::shared_ptr<const storage::Reader>(storage::held_snapshot(std::move(open_store_now)));
}

Result<void> Ledger::commit(const ExecutedBlock& block) {
  ICN_TRY_ASSIGN(parameters, write(block));
  return finish(block, parameters);
}

Result<Parameters> Ledger::write(const ExecutedBlock& block) {
  if (std::string reason = too_new(); !reason.empty()) return Error(kUnknownVersion, std::move(reason));
  ICN_TRY_ASSIGN(open_store_now, store());
  ICN_TRY_ASSIGN(old_rows, keeper_->old_rows_for(*open_store_now, block.rows));
  if (old_rows.empty()) {
    ICN_TRY(open_store_now->write(block.rows, storage::Durability::kBuffered));
  } else {
    old_rows.insert(old_rows.end(), block.rows.begin(), block.rows.end());
    ICN_TRY(open_store_now->write(old_rows, storage::Durability::kBuffered));
  }
  keeper_->committed(block);
  // Reading them takes as long as two transfers; few blocks change one.
  const bool are_parameters_changed = std::ranges::any_of(
      block.rows, [](const storage::Row& row) { return row.table->id == kParameters.schema().id; });
  if (are_parameters_changed) {
    auto loaded = load_parameters(*open_store_now);
    // The block is in the store all the same.
    if (!loaded.ok()) return Error(storage::kSyncFailed, "written and not read again: " + loaded.error().detail());
    written_parameters_ = *loaded;
  }
  return written_parameters_;
}

Result<void> Ledger::finish(const ExecutedBlock& block, const Parameters& parameters) {
  ICN_TRY_ASSIGN(open_store_now, store());
  ICN_TRY(open_store_now->flush());
  changes_.note(block.rows, block.head.header.height);
  if (tell_places_) {
    const auto places = Changes::places_of(changes_.shared_tables(), block.rows);
    if (!places.empty()) tell_places_(places);
  }
  const auto now = std::make_shared<const Published>(Published{block.head, parameters, published()->network});
  publish(now);
  const std::lock_guard lock(listeners_mutex_);
  for (const Listener& listener : listeners_) listener(*now, block.events);
  return {};
}

void Ledger::tell_pooled(const CheckedTransaction& transaction) {
  const std::lock_guard lock(listeners_mutex_);
  for (const PoolListener& listener : pool_listeners_) listener(transaction);
}

Result<void> Ledger::restore(const ReceivedSnapshot& snapshot, const std::vector<storage::Row>& extra) {
  keeper_->pause();
  std::shared_ptr<storage::Store> held;
  {
    const std::lock_guard lock(mutex_);
    held = std::move(store_);
  }
  if (!held) return Error(errors::kUnavailable, "the store is being opened again");
  Result<void> done = restore_ledger(snapshot, rules_, tables_, extra, *held);
  {
    const std::lock_guard lock(mutex_);
    store_ = held;
  }
  if (!done.ok()) ICN_TRY(begin_if_empty(genesis_));
  ICN_TRY(publish_from_store());
  note_all_changed();
  keeper_->resume(std::move(held));
  const std::lock_guard lock(listeners_mutex_);
  for (const Listener& listener : listeners_) listener(*published(), {});
  return done;
}

Result<void> Ledger::reopen() {
  keeper_->pause();
  std::weak_ptr<storage::Store> old;
  {
    const std::lock_guard lock(mutex_);
    old = store_;
    store_.reset();
  }
  if (const auto released = storage::wait_for_readers(old); !released.ok()) {
    const std::lock_guard lock(mutex_);
    store_ = old.lock();  // for reads
    return released;      // the keeper stays paused: nothing is written before the store is open again
  }
  ICN_TRY(open_store());
  ICN_TRY(publish_from_store());
  note_all_changed();
  keeper_->resume(store().value());
  return {};
}

}  // namespace icn::ledger
