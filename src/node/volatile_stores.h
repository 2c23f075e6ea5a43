#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "ledger/ledger.h"
#include "storage/store.h"

// What the engine `memory` forgets, and the folder of backups that keeps it over an orderly stop
// (storage.memory.snapshot). Nothing happens on other engines.
namespace icn::node {

// Says that the stores are volatile, and fills them from the newest backup of the folder when there is one.
// The engines' stores are closed again then. Errors: of the backup; the stores are empty or incomplete then.
Result<void> fill_volatile(const config::Settings& settings, storage::Engine& ledger, storage::Engine& node,
                           const std::shared_ptr<Log>& log);

// Puts both stores into the folder. The two newest backups are kept there.
Result<void> keep_volatile(const config::Settings& settings, const Clock& clock, const ledger::Ledger& ledger,
                           const storage::Store& node);

}  // namespace icn::node
