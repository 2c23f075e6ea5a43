#include "node/restore.h"

#include <filesystem>

#include "backup/chunk.h"
#include "backup/copier.h"
#include "backup/errors.h"
#include "base/errors.h"
#include "consensus/cometbft/engine_state.h"
#include "node/backup_files.h"
#include "node/restored_validator.h"
#include "node/stores.h"
#include "node/unfinished.h"
#include "storage/errors.h"
#include "storage/folder_guard.h"

namespace icn::node {
namespace {

namespace fs = std::filesystem;

// A mount point stays, emptied.
void remove_below(const fs::path& path) {
  std::error_code failure;
  if (fs::is_directory(path, failure)) {
    std::vector<fs::path> below;
    for (const auto& each : fs::directory_iterator(path, failure)) below.push_back(each.path());
    for (const fs::path& each : below) fs::remove_all(each, failure);
  }
  fs::remove(path, failure);
}

// A file is written under a name of its own first (crypto/durable_file.h): "keys.json.Xy12ab". Who was killed
// there left it.
void remove_half_written(const fs::path& file) {
  constexpr std::size_t kSuffix = 7;
  const std::string begin = file.filename().string() + ".";
  std::error_code failure;
  std::vector<fs::path> found;
  for (const auto& each : fs::directory_iterator(file.parent_path(), failure)) {
    const std::string name = each.path().filename().string();
    if (name.starts_with(begin) && name.size() == begin.size() + kSuffix - 1) found.push_back(each.path());
  }
  for (const fs::path& each : found) fs::remove(each, failure);
}

// What an operator may have put there before.
bool is_operators_own(const std::string& name) {
  return name.ends_with(".toml") || name == "passphrase" || name == "lost+found" || name == "node.log" ||
         name.starts_with("UNFINISHED");
}

Result<void> expect_empty(const fs::path& folder, bool is_data_folder) {
  std::error_code failure;
  if (!fs::exists(folder, failure)) return {};
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (is_data_folder ? is_operators_own(name) : name == "lost+found") continue;
    return Error(storage::kForeignFolder, folder.string() + ": holds \"" + name +
                                              "\"; a backup is restored into an empty folder only");
  }
  if (failure) return Error(storage::kInputOutput, folder.string() + ": " + failure.message());
  return {};
}

class Restorer {
 public:
  Restorer(const config::Settings& given, bool without_ledger, const std::shared_ptr<Log>& log)
      : given_(given), without_ledger_(without_ledger), log_(log), indexers_(all_indexers()) {}

  Result<void> prepare() {
    ICN_TRY_ASSIGN(former, read_unfinished(given_));
    if (former && former->what != "restore") return refuse_unfinished(given_);
    if (former) undo(*former);
    ICN_TRY(expect_empty(given_.data_path, true));
    std::error_code failure;
    fs::create_directories(given_.data_path, failure);
    if (!failure) fs::permissions(given_.data_path, fs::perms::owner_all, failure);
    if (failure)
      return Error(storage::kNotWritable, given_.data_path + " cannot be made: " + failure.message());
    unfinished_ = {"restore", {}, {(fs::path(given_.data_path) / "node").string()}};
    for (const BackupFile& file : backup_files(given_)) {
      if (crypto::file_exists(file.path))
        return Error(storage::kForeignFolder, file.path + " exists; it would be replaced");
      unfinished_.paths.push_back(file.path);
    }
    unfinished_.paths.push_back(restored_file(given_));
    return write_unfinished(given_, unfinished_);
  }

  Result<void> take(backup::Entry& entry) {
    if (!entry.problem.empty()) return Error(backup::kDamaged, entry.problem);
    switch (entry.kind) {
      case backup::Kind::kBegin:
        return begin(entry);
      case backup::Kind::kFile:
        return take_file(entry);
      case backup::Kind::kChunk:
        return take_chunk(entry);
      case backup::Kind::kKnown:
        return Error(backup::kDamaged, backup::describe(entry) + " was left out of this backup");
      case backup::Kind::kEnd:
        return take_end(entry);
    }
    return {};
  }

  // What it made is complete: a node may start on it.
  Result<RestoreReport> finish() {
    if (!is_complete_) return Error(backup::kDamaged, "the backup has no end");
    stores_.reset();
    if (report_.awaits_confirmation) ICN_TRY(await_confirmation(given_));
    ICN_TRY(remove_unfinished(given_));
    return report_;
  }

  void undo() {
    copiers_.clear();
    stores_.reset();
    undo(unfinished_);
  }

 private:
  void undo(const Unfinished& unfinished) {
    std::error_code failure;
    for (const std::string& path : unfinished.paths) {
      const bool is_store = fs::exists(fs::path(path) / storage::kMarkerName, failure);
      if (auto removed = is_store ? remove_store(given_, path) : Result<void>(); !removed.ok())
        log_->warn("{}", removed.error().detail());
      remove_below(path);
      if (!is_store) remove_half_written(path);
    }
    if (auto removed = remove_unfinished(given_); !removed.ok()) log_->warn("{}", removed.error().detail());
  }

  Result<void> begin(const backup::Entry& entry) {
    ICN_TRY_ASSIGN(read, backup::read_json_entry<backup::Begin>(entry));
    report_.begin = std::move(read);
    for (const backup::StoreDescription& store : report_.begin.stores) {
      if (store.name != kLedgerStore && store.name != kNodeStore)
        return Error(backup::kNewer,
                     "the backup has a store \"" + store.name + "\", which this version does not know");
      if (store.schema > kStoreSchema)
        return Error(backup::kNewer, "store " + store.name + " of the backup has schema " +
                                         std::to_string(store.schema) + ", this version knows up to " +
                                         std::to_string(kStoreSchema) + "; update icn");
    }
    return {};
  }

  Result<void> take_file(const backup::Entry& entry) {
    for (const BackupFile& file : backup_files(given_)) {
      if (file.name == entry.name)
        return crypto::write_file_durably(file.path, entry.payload, crypto::Existing::kRefuse);
    }
    return Error(backup::kNewer,
                 "the backup has a file \"" + entry.name + "\", which this version does not know");
  }

  // The files say in which folder the ledger belongs.
  Result<void> open_stores() {
    ICN_TRY_ASSIGN(settings, effective_settings(given_));
    for (const KeptStore& store : kept_stores(settings)) {
      ICN_TRY(expect_empty(store.folder, false));
      unfinished_.paths.push_back(store.folder.string());
    }
    ICN_TRY(write_unfinished(given_, unfinished_));
    ICN_TRY_ASSIGN(opened, OpenStores::open(settings, log_));
    stores_ = std::make_unique<OpenStores>(std::move(opened));
    for (std::size_t i = 0; i < stores_->kept().size(); ++i)
      copiers_.push_back(
          std::make_unique<backup::Copier>(stores_->at(i), stores_->kept()[i].tables, indexers_));
    return {};
  }

  Result<std::size_t> place_of(const std::string& store) {
    if (!stores_) ICN_TRY(open_stores());
    for (std::size_t i = 0; i < stores_->kept().size(); ++i) {
      if (stores_->kept()[i].name == store) return i;
    }
    return Error(backup::kDamaged, "rows of a store \"" + store + "\" that its beginning does not name");
  }

  // An engine ordered this ledger, and its validator has signed.
  Result<void> note_engine() {
    ICN_TRY_ASSIGN(joined, read_joined(given_));
    if (joined && joined->left) return {};  // that was before it left
    report_.awaits_confirmation = true;
    if (without_ledger_) return {};
    return Error(
        backup::kOfFederation,
        "the backup is of a node of a federation, whose ledger comes from the other nodes: restore it "
        "with --without-ledger");
  }

  Result<void> take_chunk(const backup::Entry& entry) {
    if (entry.name == kLedgerStore && entry.table == consensus::kEngineNote.schema().id)
      ICN_TRY(note_engine());
    if (without_ledger_ && entry.name == kLedgerStore) return {};
    ICN_TRY_ASSIGN(place, place_of(entry.name));
    auto done = backup::read_chunk(entry.payload, entry.rows, [&](ByteView key, ByteView record) {
      return copiers_[place]->add(entry.table, key, record);
    });
    if (!done.ok()) return done.error().within(backup::describe(entry));
    return {};
  }

  Result<void> take_end(const backup::Entry& entry) {
    ICN_TRY_ASSIGN(end, backup::read_json_entry<backup::End>(entry));
    for (const backup::StoreTotal& total : end.stores) {
      if (without_ledger_ && total.name == kLedgerStore) continue;
      ICN_TRY_ASSIGN(place, place_of(total.name));
      ICN_TRY_ASSIGN(counts, copiers_[place]->finish());
      if (counts.rows != total.rows)
        return Error(backup::kDamaged, "store " + total.name + " has " + std::to_string(counts.rows) +
                                           " rows in place of " + std::to_string(total.rows));
      report_.rows += counts.rows;
    }
    copiers_.clear();
    is_complete_ = true;
    if (without_ledger_ || !stores_) return {};
    ICN_TRY_ASSIGN(hash, ledger_state_hash(stores_->ledger()));
    if (hash != end.state_hash)
      return Error(backup::kDamaged, "the ledger's state is " + hash + " in place of " + end.state_hash);
    report_.state_hash = hash;
    return {};
  }

  const config::Settings& given_;
  const bool without_ledger_;
  const std::shared_ptr<Log> log_;
  const backup::Indexers indexers_;
  Unfinished unfinished_;
  std::unique_ptr<OpenStores> stores_;
  std::vector<std::unique_ptr<backup::Copier>> copiers_;
  RestoreReport report_;
  bool is_complete_ = false;
};

}  // namespace

Result<RestoreReport> restore_backup(const config::Settings& given, bool without_ledger, const Feed& feed,
                                     const std::shared_ptr<Log>& log) {
  Restorer restorer(given, without_ledger, log);
  ICN_TRY(restorer.prepare());
  auto fed = feed([&](backup::Entry& entry) { return restorer.take(entry); });
  Result<RestoreReport> report = fed.ok() ? restorer.finish() : Result<RestoreReport>(fed.error());
  if (!report.ok()) restorer.undo();
  return report;
}

}  // namespace icn::node
