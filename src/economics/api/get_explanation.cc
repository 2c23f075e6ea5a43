#include "economics/api/get_explanation.h"

namespace icn::economics::api {

Result<GetExplanation::Output> GetExplanation::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(found, account_now(api, *store, input.did));
  const auto published = api.ledger.published();
  return explain(input.did, found.account, published->parameters, published->network.genesis_secs, found.now);
}

}  // namespace icn::economics::api
