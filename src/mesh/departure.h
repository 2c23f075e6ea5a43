#pragma once

#include "ledger/departure.h"

namespace icn::mesh {

// Ends the jobs that somebody who is not kept has a part in, then takes out those that nobody who is kept had
// a part in, as submitter or executor. A claim is paid, a dispute decided as when its time is over, effects
// lapse; all else is cancelled with a full refund, and no executor loses its lock. What was open is kept, as
// it ended: an invariant never sees a job go before its end. Executors that are not kept are called as judges
// no more. Answers how many jobs went.
Result<std::uint64_t> leave_jobs(const ledger::Departure& departure);

}  // namespace icn::mesh
