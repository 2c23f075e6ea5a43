#pragma once

#include <optional>

#include "backup/copier.h"
#include "base/log.h"
#include "config/settings.h"
#include "node/restore.h"
#include "node/stores.h"

// Moves a node's stores, or one of them, to another engine, or to fresh files of the same one. The copy is
// made beside, in `<folder>.to-<engine>`; the stores themselves are only read, and at the end renamed to
// `<folder>.former`.
// Killed on the way, the next run goes on: what is copied already is compared, and once all is, renaming
// goes on where it stopped; a node does not start between.
namespace icn::node {

enum class StoreChoice { kBoth, kLedger, kNode };

struct Move {
  std::optional<config::StorageBackend> to;  // none: each stays with its engine, in fresh files
  StoreChoice stores = StoreChoice::kBoth;   // those that are of `to` already stay where they are
};

struct MoveReport {
  std::uint64_t rows = 0;
  std::uint64_t written = 0;  // the others were there already
  std::string state_hash;     // of the ledger in both, hex; empty when it stayed
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
  config::Settings settings;  // as they must be from now on
};

// The stores that a move takes along; of `settings` as they are.
std::vector<KeptStore> moved_stores(const config::Settings& settings, const Move& move);

// For a node that is stopped. `settings`: as in force. Stores are compared row by row with their copies,
// indexes included, and by the ledger's state hash, before anything is renamed. moved_stores() is not empty.
//   storage_locked   a node runs
//   conflict         something else is unfinished, or `.former` folders are there
//   storage_corrupt  the copy is not equal
Result<MoveReport> move_stores(const config::Settings& settings, const Move& move,
                               const std::shared_ptr<Log>& log);

// While the node runs: brings the copy to the moment of the backup that `feed` gives, so that move_stores()
// has little left to do.
Result<MoveReport> copy_ahead(const config::Settings& settings, const Move& move, const Feed& feed,
                              const std::shared_ptr<Log>& log);

// Removes copies that were begun and not used, and, with `former`, the stores from before a move.
//   storage_locked   a node runs: it might be one that a move is being prepared for
struct Leftovers {
  std::vector<std::string> folders;
  std::uint64_t bytes = 0;
};
Result<Leftovers> remove_leftovers(const config::Settings& settings, bool former,
                                   const std::shared_ptr<Log>& log);

}  // namespace icn::node
