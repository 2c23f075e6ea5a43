#include "ledger/ledger.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/errors.h"
#include "ledger/state.h"
#include "storage/held_store.h"

namespace icn::ledger {
Result<std::unique_ptr<Ledger>> Ledger::open(std::unique_ptr<storage::Engine> engine,
                                             std::vector<storage::TableSchema> tables, const Rules& rules,
                                             const Genesis& genesis) {
  auto ledger = std::unique_ptr<Ledger>(new Ledger(std::move(engine), std::move(tables), rules));
  ICN_TRY(ledger->open_store());
  ICN_TRY_ASSIGN(head, load_head(*ledger->store_));
  if (!head && genesis.continues) {
    return Error(kDamagedChain,
                 "the blocks up to " + std::to_string(genesis.continues->height) +
                     ", from before the federation, are missing; `icn federation follow` gets them");
  }
  if (!head) {
    ICN_TRY_ASSIGN(block, BlockExecutor(rules).genesis(genesis, *ledger->store_));
    ICN_TRY(ledger->store_->write(block.rows, storage::Durability::kSynced));
  }
  ICN_TRY(ledger->publish_from_store());
  const std::string& network = ledger->published_->network.network;
  if (network != genesis.network) {
    return Error(errors::kMalformed, "the store holds network \"" + network +
                                         "\", the settings say network_id = \"" + genesis.network +
                                         "\"; use another data folder or set network_id");
  }
  return ledger;
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
  if (head->header.version > kBlockVersion) {
    return Error(kUnknownVersion, "block " + std::to_string(head->header.height) + " has version " +
                                      std::to_string(head->header.version) + ", this program knows up to " +
                                      std::to_string(kBlockVersion));
  }
  ICN_TRY_ASSIGN(parameters, load_parameters(*store_));
  ICN_TRY_ASSIGN(network, kNetwork.get(*store_, "network"));
  if (!network) return Error(kDamagedChain, "the state has no network record");
  publish(std::make_shared<const Published>(Published{std::move(*head), parameters, std::move(*network)}));
  return {};
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
  ICN_TRY_ASSIGN(open_store_now, store());
  // Reading them takes as long as two transfers; few blocks change one.
  const bool are_parameters_changed = std::ranges::any_of(
      block.rows, [](const storage::Row& row) { return row.table->id == kParameters.schema().id; });
  ICN_TRY(open_store_now->write(block.rows, storage::Durability::kSynced));
  changes_.note(block.rows);
  const std::shared_ptr<const Published> before = published();
  Parameters parameters = before->parameters;
  if (are_parameters_changed) {
    ICN_TRY_ASSIGN(loaded, load_parameters(*open_store_now));
    parameters = loaded;
  }
  const auto now = std::make_shared<const Published>(Published{block.head, parameters, before->network});
  publish(now);
  const std::lock_guard lock(listeners_mutex_);
  for (const Listener& listener : listeners_) listener(*now, block.events);
  return {};
}

void Ledger::tell_pooled(const CheckedTransaction& transaction) {
  const std::lock_guard lock(listeners_mutex_);
  for (const PoolListener& listener : pool_listeners_) listener(transaction);
}

Result<void> Ledger::reopen() {
  std::weak_ptr<storage::Store> old;
  {
    const std::lock_guard lock(mutex_);
    old = store_;
    store_.reset();
  }
  if (const auto released = storage::wait_for_readers(old); !released.ok()) {
    const std::lock_guard lock(mutex_);
    store_ = old.lock();  // for reads
    return released;
  }
  ICN_TRY(open_store());
  ICN_TRY(publish_from_store());
  changes_.note_all();
  return {};
}

}  // namespace icn::ledger
