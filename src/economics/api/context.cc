#include "economics/api/context.h"

#include <algorithm>

#include "economics/account_did.h"

namespace icn::economics {

TimestampSecs read_time(const Api& api) {
  return std::max(api.clock.now_secs(), api.ledger.published()->head.header.time);
}

Result<AccountNow> account_now(const Api& api, const ledger::Reader& state, const Did& did) {
  if (auto valid = check_account_did(did); !valid.ok()) return valid.error().within("did");
  return account_at(state, did, read_time(api));
}

Result<Did> account_meant(const Api& api, const http::Call& call, const std::optional<Did>& did) {
  if (did) return *did;
  return http::own_did(call.caller(), "did", api.kept_dids);
}

}  // namespace icn::economics
