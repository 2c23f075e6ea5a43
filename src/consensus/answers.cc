#include "consensus/answers.h"

#include "ledger/errors.h"

namespace icn::consensus {

Result<ledger::Commitment> first_outcome(const ledger::Reader& store,
                                         const ledger::CheckedTransaction& transaction,
                                         const ledger::TransactionPlace& place, TimestampSecs now) {
  if (transaction.envelope().expires <= now) {
    return Error(ledger::kExpired,
                 "committed at height " + std::to_string(place.height) + " and expired since");
  }
  ICN_TRY_ASSIGN(body, ledger::kBodies.get(store, place.height));
  if (!body || place.index >= body->outcomes.size()) {
    return Error(ledger::kBlockPruned,
                 "committed at height " + std::to_string(place.height) + ", which is no longer kept here");
  }
  return ledger::Commitment{std::move(body->outcomes[place.index]), place.height};
}

}  // namespace icn::consensus
