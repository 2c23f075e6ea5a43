#pragma once

#include "backup/entry.h"
#include "base/log.h"
#include "config/settings.h"

namespace icn::node {

// Gives all entries of a backup to `take`, in order; an error when it is not complete.
using Feed = std::function<Result<void>(const backup::Take& take)>;

struct RestoreReport {
  backup::Begin begin;
  std::uint64_t rows = 0;
  std::string state_hash;  // of the ledger that was restored, hex; empty: it was left out
  bool awaits_confirmation =
      false;  // it was a federation's: its validator signs nothing (restored_validator.h)
};

// Makes the data folder of a node from a backup, on the engine that the settings name. The folder must be
// absent or hold nothing but settings files and the passphrase. Every piece is checked as it comes, and at
// the end the rows are read back: their count and the ledger's state hash must be what the backup says. On
// any error all that was made is removed; what a run that was killed has left is removed by the next one, and
// no node starts on it. `without_ledger`: for a node of a federation, which gets it from the others.
//   backup_of_federation   the ledger was ordered by a federation's engine, and is not to be left out
//   storage_foreign   the folder holds something
//   backup_damaged, backup_newer, what the engine says
Result<RestoreReport> restore_backup(const config::Settings& given, bool without_ledger, const Feed& feed,
                                     const std::shared_ptr<Log>& log);

}  // namespace icn::node
