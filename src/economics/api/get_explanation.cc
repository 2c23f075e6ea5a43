#include "economics/api/get_explanation.h"

#include "ledger/state.h"

namespace icn::economics::api {

Result<GetExplanation::Output> GetExplanation::handle(const Api& api, const http::Call& call,
                                                      const Input& input) {
  ICN_TRY_ASSIGN(did, account_meant(api, call, input.did));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(found, account_now(api, *store, did));
  const auto published = api.ledger.published();
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(*store, "clock"));
  const std::uint64_t running_secs = found.now - (clock ? clock->standstill_secs : 0);
  if (!found.exists) found.account.created = found.now;
  ICN_TRY_ASSIGN(inputs,
                 read_inputs(*store, published->parameters, did, found.account, found.now, running_secs));
  return explain(did, found.account, inputs, published->parameters, published->network.genesis_secs,
                 found.now);
}

}  // namespace icn::economics::api
