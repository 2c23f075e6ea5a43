#include "node/volatile_stores.h"

#include "backup/errors.h"
#include "backup/folder.h"
#include "node/row_taker.h"

namespace icn::node {
namespace {

constexpr std::size_t kBackupsKept = 2;

bool is_volatile(const config::Settings& settings) {
  return settings.storage_backend == config::StorageBackend::kMemory;
}

}  // namespace

Result<void> fill_volatile(const config::Settings& settings, storage::Engine& ledger, storage::Engine& node,
                           const std::shared_ptr<Log>& log) {
  if (!is_volatile(settings)) return {};
  const std::string& folder = settings.storage_memory_snapshot;
  log->warn("storage.backend is \"memory\": {}",
            folder.empty() ? "everything is forgotten when the node stops"
                           : "what has happened since the last orderly stop is lost if the node ends otherwise");
  const std::vector<std::string> names =
      folder.empty() ? std::vector<std::string>() : backup::backups_in(folder);
  if (names.empty()) return {};
  const std::vector<KeptStore> kept = kept_stores(settings);
  ICN_TRY_ASSIGN(ledger_store, ledger.open(kept[0].tables));
  ICN_TRY_ASSIGN(node_store, node.open(kept[1].tables));
  RowTaker taker;
  taker.add(kept[0], *ledger_store);
  taker.add(kept[1], *node_store);
  ICN_TRY(backup::read_folder(folder, names.back(), [&](backup::Entry& entry) { return taker.take(entry); }));
  ICN_TRY_ASSIGN(hash, ledger_state_hash(*ledger_store));
  if (hash != taker.end().state_hash) {
    return Error(backup::kDamaged, folder + "/" + names.back() + ": the ledger's state is " + hash +
                                       " in place of " + taker.end().state_hash);
  }
  log->info("{} rows came back from {}/{}", taker.counts().rows, folder, names.back());
  return {};
}

Result<void> keep_volatile(const config::Settings& settings, const Clock& clock, const ledger::Ledger& ledger,
                           const storage::Store& node) {
  const std::string& folder = settings.storage_memory_snapshot;
  if (!is_volatile(settings) || folder.empty()) return {};
  ICN_TRY_ASSIGN(parts, running_backup_parts(settings, clock, ledger, node));
  {
    auto begun = backup::FolderWriter::begin(folder);
    if (!begun.ok()) return begun.error();
    ICN_TRY(backup::write_backup(std::move(parts), [&](backup::Entry& entry) { return begun->add(entry); }));
    const auto name = begun->finish();
    if (!name.ok()) return name.error();
  }
  const auto removed = backup::collect_garbage(folder, kBackupsKept);
  return removed.ok() ? Result<void>() : Result<void>(removed.error());
}

}  // namespace icn::node
