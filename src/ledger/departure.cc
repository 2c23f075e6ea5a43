#include "ledger/departure.h"

#include "base/errors.h"
#include "ledger/state.h"

namespace icn::ledger {

Result<bool> begins_network(const View& view, View::Savepoint savepoint) {
  bool begins = false;
  ICN_TRY(view.changes_since(
      savepoint, kNetwork.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!before || !after) return {};
        ICN_TRY_ASSIGN(old, codec::decode_record<NetworkRecord>(*before));
        ICN_TRY_ASSIGN(now, codec::decode_record<NetworkRecord>(*after));
        begins = old.network != now.network;
        return {};
      }));
  return begins;
}

Result<void> check_may_go(const View& view, View::Savepoint savepoint, std::string_view what) {
  ICN_TRY_ASSIGN(begins, begins_network(view, savepoint));
  return begins ? Result<void>() : Result<void>(Error(errors::kInternal, std::string(what)));
}

}  // namespace icn::ledger
