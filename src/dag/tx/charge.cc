#include "dag/tx/charge.h"

#include <algorithm>
#include <set>

#include "dag/errors.h"
#include "economics/accounts.h"
#include "economics/books.h"
#include "economics/tx/transfer.h"
#include "ledger/state.h"

namespace icn::dag {

Result<void> Charge::check(const ledger::Transaction&, const Body& body) {
  std::set<Did> seen;
  for (const Item& item : body.items) {
    if (!seen.insert(item.account).second) {
      return Error(errors::kMalformed, "items: " + item.account.text() + " stands there twice");
    }
  }
  return {};
}

Result<void> Charge::precheck(const ledger::ApplyContext& context, const Body&, const ledger::View& view) {
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  if (!network || network->operator_did != context.sender()) return Error(kNotHomeNode);
  return {};
}

Result<Charge::Output> Charge::apply(const ledger::ApplyContext& context, const Body& body,
                                     ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const std::string reference = economics::short_id("dc_", context.transaction);
  Output output;
  for (const Item& item : body.items) {
    ICN_TRY_ASSIGN(account, books.find(item.account));
    const Millimana available =
        account ? economics::available_at(*account, context.block.running_secs()) : Millimana{};
    const Millimana paid = std::clamp(available, Millimana{}, item.amount);
    if (paid > Millimana{}) ICN_TRY(books.burn(item.account, paid, reference));
    output.burned += paid;
    if (paid < item.amount) output.unpaid.push_back({item.account, item.amount - paid});
  }
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::dag
