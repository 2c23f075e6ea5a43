#pragma once

#include "backup/copier.h"
#include "base/log.h"
#include "config/settings.h"
#include "node/restore.h"

// Moves a node's stores to another engine, or to fresh files of the same one. The copy is made beside, in
// `<folder>.to-<engine>`; the stores themselves are only read, and at the end renamed to `<folder>.former`.
// Killed on the way, the next run goes on: what is copied already is compared, and once all is, renaming
// goes on where it stopped; a node does not start between.
namespace icn::node {

struct MoveReport {
  std::uint64_t rows = 0;
  std::uint64_t written = 0;  // the others were there already
  std::string state_hash;     // of the ledger in both, hex
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};

// For a node that is stopped. `settings`: as in force. Both stores are compared row by row with their copies,
// indexes included, and by the ledger's state hash, before anything is renamed.
//   storage_locked   a node runs
//   conflict         something else is unfinished, or `.former` folders are there
//   storage_corrupt  the copy is not equal
Result<MoveReport> move_stores(const config::Settings& settings, config::StorageBackend to,
                               const std::shared_ptr<Log>& log);

// While the node runs: brings the copy to the moment of the backup that `feed` gives, so that move_stores()
// has little left to do.
Result<MoveReport> copy_ahead(const config::Settings& settings, config::StorageBackend to, const Feed& feed,
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
