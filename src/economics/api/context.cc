#include "economics/api/context.h"

#include <algorithm>

#include "economics/account_did.h"
#include "ledger/state.h"

namespace icn::economics {

TimestampSecs read_time(const Api& api) {
  return std::max(api.clock.now_secs(), api.ledger.published()->head.header.time);
}

Result<AccountNow> account_now(const Api& api, const ledger::Reader& state, const Did& did) {
  if (auto valid = check_account_did(did); !valid.ok()) return valid.error().within("did");
  ICN_TRY_ASSIGN(stored, kAccounts.get(state, did));
  AccountNow out;
  out.exists = stored.has_value();
  out.now = out.running_secs = read_time(api);
  if (!stored) return out;
  out.account = std::move(*stored);
  settle_time(out.account, out.now);
  if (!out.account.held.empty()) {
    ICN_TRY_ASSIGN(clock, ledger::kClock.get(state, "clock"));
    if (clock) out.running_secs -= clock->standstill_secs;
  }
  return out;
}

}  // namespace icn::economics
