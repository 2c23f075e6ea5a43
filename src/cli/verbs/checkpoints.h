#pragma once

#include "cli/command.h"
#include "cli/session.h"
#include "storage/store.h"

namespace icn::cli {

// checkpoints, checkpoint, prove and check of `icn ledger`.
void define_checkpoints(Command command, Session& session);

// Checks what validators signed of the checkpoints in a ledger. How many; an error names the first that does
// not hold.
Result<std::uint64_t> check_attestations(const storage::Reader& store);

}  // namespace icn::cli
