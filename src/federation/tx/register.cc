#include "federation/tx/register.h"

#include <algorithm>

#include "federation/errors.h"
#include "identity/did.h"
#include "identity/tx/change.h"

namespace icn::federation {
namespace {

constexpr std::size_t kNameBytesMax = 100;

Result<void> check_names(const std::vector<std::string>& names, std::string_view field) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_lower = std::ranges::none_of(names[i], [](char c) { return c >= 'A' && c <= 'Z'; });
    if (names[i].empty() || names[i].size() > kNameBytesMax || !is_lower ||
        (i > 0 && names[i] <= names[i - 1]))
      return Error(kBadProfile, std::string(field) + ": must be lower case, in order, each once");
  }
  return {};
}

}  // namespace

Result<void> RegisterCooperative::check(const ledger::Transaction& transaction, const Body& body) {
  if (auto did = identity::parse_did(transaction.sender.text()); !did.ok())
    return did.error().within("sender");
  if (body.profile_cid.empty()) return Error(kBadProfile, "profile_cid: is empty");
  ICN_TRY(check_names(body.regions, "regions"));
  return check_names(body.capabilities, "capabilities");
}

Result<void> RegisterCooperative::precheck(const ledger::ApplyContext& context, const Body&,
                                           const ledger::View& view) {
  return identity::check_operation_limit(context, view);
}

Result<RegisterCooperative::Output> RegisterCooperative::apply(const ledger::ApplyContext& context,
                                                               const Body& body, ledger::View& view) {
  const Did& did = context.sender();
  const Millimana fee{context.parameters().cooperative_profile_fee};
  if (fee.value > 0)
    ICN_TRY(context.economy.burn_fee(context.block, view, did, fee, "cooperative.register", did.text()));
  ICN_TRY(identity::count_operation(context, view));
  ICN_TRY_ASSIGN(known, kCooperatives.get(view, did));
  if (known) {
    for (const std::string& each : known->capabilities) ICN_TRY(kOfferings.erase(view, {each, did}));
  }
  const TimestampSecs registered_at = known ? known->registered_at : context.block.time;
  ICN_TRY(kCooperatives.put(view, did,
                            {did, body.profile_cid, body.type, body.regions, body.capabilities, registered_at,
                             context.block.time}));
  for (const std::string& each : body.capabilities)
    ICN_TRY(kOfferings.put(view, {each, did}, {context.block.time}));
  return Output{did, body.profile_cid};
}

}  // namespace icn::federation
