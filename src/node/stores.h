#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backup/copier.h"
#include "backup/writer.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "ledger/ledger.h"
#include "node/engines.h"
#include "storage/store.h"
#include "system/context.h"

// The stores of a node as things to copy, move and look at.
namespace icn::node {

// One of them: where it lies and what it holds.
struct KeptStore {
  std::string name;  // "ledger", "node"
  std::filesystem::path folder;
  WritePattern pattern;
  config::StorageBackend engine;
  std::vector<storage::TableSchema> tables;
};

// The ledger first, as a node opens them. `settings`: as in force (membership.h).
std::vector<KeptStore> kept_stores(const config::Settings& settings);
// Of every table that has an index.
backup::Indexers all_indexers();

// Their stores, open while nobody else has them. Destroyed in any order with what reads from them gone.
class OpenStores {
 public:
  // Errors: of Engine::open; storage_locked: a node has it.
  static Result<OpenStores> open(const config::Settings& settings, std::shared_ptr<Log> log);
  // Some of those of kept_stores(settings), in other folders perhaps.
  static Result<OpenStores> open(const config::Settings& settings, std::vector<KeptStore> kept,
                                 std::shared_ptr<Log> log);

  const std::vector<KeptStore>& kept() const { return kept_; }
  storage::Store& at(std::size_t index) const { return *stores_[index]; }
  storage::Store& ledger() const { return *stores_[0]; }

 private:
  std::vector<KeptStore> kept_;
  std::vector<std::unique_ptr<storage::Engine>> engines_;
  std::vector<std::unique_ptr<storage::Store>> stores_;
};

// What a backup of these views holds: both stores, the key store as it is sealed, and whether the node is in
// a federation. The views are frozen, the ledger's before the node's: what the ledger names the other one
// has. The result refers to nothing of the arguments but the views.
Result<backup::WriterParts> backup_parts(const config::Settings& settings, const Clock& clock,
                                         std::shared_ptr<const storage::Reader> ledger,
                                         std::shared_ptr<const storage::Reader> node);

// The same of a node that runs, as it is now.
Result<backup::WriterParts> running_backup_parts(const config::Settings& settings, const Clock& clock,
                                                 const ledger::Ledger& ledger, const storage::Store& node);
// Whether this process is there, the ledger can be read, and both stores take writes.
std::vector<system::Check> store_checks(const ledger::Ledger& ledger, const storage::Store& node);
std::vector<system::StoreFigures> store_figures(const ledger::Ledger& ledger, const storage::Store& node);

// SHA-256 over the agreed state, as `icn ledger verify` shows it; hex.
Result<std::string> ledger_state_hash(const storage::Reader& ledger);

}  // namespace icn::node
