#include "node/migration.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "backup/check.h"
#include "base/errors.h"
#include "codec/fields.h"
#include "node/backup_files.h"
#include "node/row_taker.h"
#include "node/unfinished.h"
#include "storage/errors.h"

namespace icn::node {
namespace {

namespace fs = std::filesystem;

fs::path copy_folder(const fs::path& folder, const std::string& engine) {
  fs::path out = folder;
  out += ".to-" + engine;
  return out;
}

fs::path former_folder(const fs::path& folder) {
  fs::path out = folder;
  out += ".former";
  return out;
}

std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code failure;
  fs::recursive_directory_iterator at(folder, failure);
  for (const fs::recursive_directory_iterator end; !failure && at != end; at.increment(failure)) {
    if (at->is_regular_file(failure)) bytes += at->file_size(failure);
  }
  return bytes;
}

bool takes_part(const KeptStore& store, StoreChoice choice) {
  return choice == StoreChoice::kBoth || (choice == StoreChoice::kLedger) == (store.name == kLedgerStore);
}

// The last part of the copies' names.
std::string copy_name(const config::Settings& settings, const Move& move) {
  return std::string(codec::enum_name(move.to.value_or(settings.storage_backend)));
}

config::Settings settings_after(const config::Settings& settings, const Move& move) {
  config::Settings out = settings;
  if (!move.to) return out;
  if (move.stores != StoreChoice::kNode) out.storage_backend = *move.to;
  config::set_node_backend(out,
                           move.stores == StoreChoice::kLedger ? config::node_backend(settings) : *move.to);
  return out;
}

// What a move that was killed while it renamed had copied.
Move move_of(const config::Settings& settings, const Unfinished& switching, Move move) {
  const auto is_named = [&](const fs::path& folder) {
    return std::ranges::find(switching.paths, folder.string()) != switching.paths.end();
  };
  const std::vector<KeptStore> kept = kept_stores(settings);
  if (!is_named(kept[0].folder)) move.stores = StoreChoice::kNode;
  if (!is_named(kept[1].folder)) move.stores = StoreChoice::kLedger;
  return move;
}

// In folders beside those they are copies of.
Result<OpenStores> open_copies(const config::Settings& settings, const Move& move,
                               const std::shared_ptr<Log>& log) {
  const config::Settings after = settings_after(settings, move);
  std::vector<KeptStore> copies = moved_stores(settings, move);
  for (KeptStore& each : copies) {
    each.folder = copy_folder(each.folder, copy_name(settings, move));
    each.engine = engine_of(after, each.pattern);
  }
  return OpenStores::open(after, std::move(copies), log);
}

// Renames durably.
Result<void> rename_folder(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::rename(from, to, failure);
  if (failure)
    return Error(storage::kInputOutput, from.string() + " cannot be renamed: " + failure.message());
  const fs::path parent = to.has_parent_path() ? to.parent_path() : fs::path(".");
  const int opened = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = opened >= 0 && ::fsync(opened) == 0;
  if (opened >= 0) ::close(opened);
  if (!synced) return Error(storage::kInputOutput, parent.string() + " cannot be synced");
  return {};
}

// Puts the copies in the place of the stores; does what is left of it when it was begun before.
Result<void> switch_folders(const config::Settings& settings, const Unfinished& switching) {
  ICN_TRY(write_unfinished(settings, switching));
  std::error_code failure;
  for (const std::string& each : switching.paths) {
    const fs::path folder = each;
    const fs::path copy = copy_folder(folder, switching.engine);
    if (!fs::exists(copy, failure)) continue;
    if (fs::exists(folder, failure)) ICN_TRY(rename_folder(folder, former_folder(folder)));
    ICN_TRY(rename_folder(copy, folder));
  }
  return remove_unfinished(settings);
}

Result<void> refuse_former(const config::Settings& settings) {
  std::error_code failure;
  for (const KeptStore& store : kept_stores(settings)) {
    if (fs::exists(former_folder(store.folder), failure))
      return Error(errors::kConflict,
                   former_folder(store.folder).string() +
                       " is there from an earlier move; `icn storage gc --former` removes it");
  }
  return {};
}

Result<void> check_copy(const storage::Store& source, const storage::Store& target, const KeptStore& store,
                        const backup::Indexers& indexers) {
  const backup::StoreCheck before = backup::check_store(source, store.tables, indexers, false);
  const backup::StoreCheck after = backup::check_store(target, store.tables, indexers, true);
  for (const auto* check : {&before, &after}) {
    if (!check->problems.empty())
      return Error(storage::kCorrupt, std::string(check == &before ? "the store" : "the copy") + " of " +
                                          store.name + ": " + check->problems.front());
  }
  if (before.rows_hash == after.rows_hash) return {};
  return Error(storage::kCorrupt, "the copy of " + store.name + " is not equal to it");
}

Result<void> copy_store(const OpenStores& source, const OpenStores& target, std::size_t place,
                        const backup::Indexers& indexers, MoveReport& report) {
  const KeptStore& store = source.kept()[place];
  backup::Copier copier(target.at(place), store.tables, indexers);
  const auto view = source.at(place).snapshot();
  if (auto copied = backup::copy_rows(*view, store.tables, copier); !copied.ok())
    return copied.error().within(store.name);
  ICN_TRY_ASSIGN(counts, copier.finish());
  report.rows += counts.rows;
  report.written += counts.written;
  return check_copy(source.at(place), target.at(place), store, indexers);
}

Result<MoveReport> copy_all(const config::Settings& settings, const Move& move,
                            const std::shared_ptr<Log>& log) {
  ICN_TRY_ASSIGN(source, OpenStores::open(settings, moved_stores(settings, move), log));
  ICN_TRY_ASSIGN(target, open_copies(settings, move, log));
  MoveReport report;
  const backup::Indexers indexers = all_indexers();
  for (std::size_t i = 0; i < source.kept().size(); ++i)
    ICN_TRY(copy_store(source, target, i, indexers, report));
  if (source.kept().front().name != kLedgerStore) return report;
  ICN_TRY_ASSIGN(before, ledger_state_hash(source.ledger()));
  ICN_TRY_ASSIGN(after, ledger_state_hash(target.ledger()));
  if (before != after)
    return Error(storage::kCorrupt, "the state hash of the copy is " + after + ", of the ledger " + before);
  report.state_hash = after;
  return report;
}

}  // namespace

std::vector<KeptStore> moved_stores(const config::Settings& settings, const Move& move) {
  std::vector<KeptStore> out;
  for (KeptStore& each : kept_stores(settings)) {
    // PostgreSQL gives room back by itself.
    const bool stays = move.to ? each.engine == *move.to : each.engine == config::StorageBackend::kPostgresql;
    if (!stays && takes_part(each, move.stores)) out.push_back(std::move(each));
  }
  return out;
}

Result<MoveReport> move_stores(const config::Settings& settings, const Move& move,
                               const std::shared_ptr<Log>& log) {
  const std::string name = copy_name(settings, move);
  ICN_TRY_ASSIGN(former, read_unfinished(settings));
  if (former) {
    if (former->what == "restore" || former->engine != name) {
      ICN_TRY(refuse_unfinished(settings));
    }
    // All is copied and compared: a killed run had only renaming left.
    ICN_TRY(switch_folders(settings, *former));
    MoveReport report;
    report.settings = settings_after(settings, move_of(settings, *former, move));
    return report;
  }
  ICN_TRY(refuse_former(settings));
  Unfinished switching{move.to ? "switch" : "compact", name, {}};
  std::uint64_t bytes_before = 0;
  std::error_code failure;
  for (const KeptStore& store : moved_stores(settings, move)) {
    if (!fs::exists(store.folder, failure))
      return Error(errors::kNotFound, store.folder.string() + " does not exist");
    switching.paths.push_back(store.folder.string());
    bytes_before += bytes_below(store.folder);
  }
  ICN_TRY_ASSIGN(report, copy_all(settings, move, log));
  ICN_TRY(switch_folders(settings, switching));
  report.settings = settings_after(settings, move);
  report.bytes_before = bytes_before;
  for (const std::string& folder : switching.paths) report.bytes_after += bytes_below(folder);
  return report;
}

Result<MoveReport> copy_ahead(const config::Settings& settings, const Move& move, const Feed& feed,
                              const std::shared_ptr<Log>& log) {
  ICN_TRY(refuse_unfinished(settings));
  ICN_TRY(refuse_former(settings));
  ICN_TRY_ASSIGN(target, open_copies(settings, move, log));
  RowTaker taker;
  for (std::size_t i = 0; i < target.kept().size(); ++i) taker.add(target.kept()[i], target.at(i));
  for (const KeptStore& each : kept_stores(settings)) taker.pass_over(each.name);
  ICN_TRY(feed([&](backup::Entry& entry) { return taker.take(entry); }));
  MoveReport report;
  report.rows = taker.counts().rows;
  report.written = taker.counts().written;
  report.state_hash = taker.end().state_hash;
  report.settings = settings_after(settings, move);
  return report;
}

Result<Leftovers> remove_leftovers(const config::Settings& settings, bool former,
                                   const std::shared_ptr<Log>& log) {
  ICN_TRY(refuse_unfinished(settings));
  ICN_TRY_ASSIGN(held, OpenStores::open(settings, log));
  Leftovers out;
  std::error_code failure;
  const auto remove = [&](const fs::path& folder) -> Result<void> {
    if (!fs::exists(folder, failure)) return {};
    const std::uint64_t bytes = bytes_below(folder);
    ICN_TRY(remove_store(settings, folder));
    out.bytes += bytes;
    out.folders.push_back(folder.string());
    return {};
  };
  for (const KeptStore& store : held.kept()) {
    for (const auto& [value, name] : enum_names(config::StorageBackend{})) {
      if (value != config::StorageBackend::kMemory)
        ICN_TRY(remove(copy_folder(store.folder, std::string(name))));
    }
    if (former) ICN_TRY(remove(former_folder(store.folder)));
  }
  return out;
}

}  // namespace icn::node
