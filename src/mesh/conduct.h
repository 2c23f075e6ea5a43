#pragma once

#include "ledger/ledger.h"
#include "mesh/lifecycle.h"

// What jobs say of executors' reputation. Source: domain.md 6.
namespace icn::mesh {

// A job completed and its executor was paid for it; without pay nothing happens. Jobs of one's own are none.
Result<void> note_success(const Step& step, const JobId& id, const Job& job, const Did& executor,
                          Millimana pay);
// The executor was at fault: lost the attempt, or was found wrong.
Result<void> note_failure(const Step& step, const JobId& id, const Job& job);

// Whole points of `did` now; what everybody starts with when the ledger cannot be read. Thread: any.
std::uint32_t reputation_points(const ledger::Ledger& ledger, const Did& did);

}  // namespace icn::mesh
