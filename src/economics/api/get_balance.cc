#include "economics/api/get_balance.h"

namespace icn::economics::api {

Result<GetBalance::Output> GetBalance::handle(const Api& api, const http::Call& call, const Input& input) {
  api.metrics.count_balance_query();
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(did, account_meant(api, call, input.did));
  ICN_TRY_ASSIGN(found, account_now(api, *store, did));
  const Account& account = found.account;
  Output output;
  output.did = did;
  output.balance = account.balance;
  output.available = available_at(account, found.running_secs);
  output.locked = account.balance - output.available;
  output.cap = account.cap;
  output.rate_per_hour = {static_cast<std::int64_t>(account.rate_nano_per_hour / kNanoPerMillimana)};
  output.stage = account.stage;
  output.as_of = found.now;
  return output;
}

}  // namespace icn::economics::api
