#pragma once

#include "base/answers.h"
#include "ledger/ordered_log.h"
#include "ledger/state.h"

namespace icn::consensus {

using Answers = icn::Answers<ledger::Commitment>;

// What is answered to a transaction that the ledger holds at `place`: its first outcome. `now`: time of the
// newest block.   expired: its id is remembered no longer than that; block_pruned
Result<ledger::Commitment> first_outcome(const ledger::Reader& store,
                                         const ledger::CheckedTransaction& transaction,
                                         const ledger::TransactionPlace& place, TimestampSecs now);

}  // namespace icn::consensus
