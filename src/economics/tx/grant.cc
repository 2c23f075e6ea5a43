#include "economics/tx/grant.h"

#include "economics/account_did.h"
#include "economics/economy.h"
#include "economics/errors.h"
#include "economics/tx/transfer.h"
#include "ledger/state.h"

namespace icn::economics {

Result<void> Grant::check(const ledger::Transaction&, const Body& body) {
  if (auto did = check_account_did(body.to); !did.ok()) return did.error().within("to");
  return {};
}

Result<void> Grant::precheck(const ledger::ApplyContext& context, const Body&, const ledger::View& view) {
  ICN_TRY_ASSIGN(organization, context.economy.vouches_for(view, context.sender()));
  if (!organization)
    return Error(kNotOperator, "start grants are given by operators of member organizations alone");
  return {};
}

Result<Grant::Output> Grant::apply(const ledger::ApplyContext& context, const Body& body,
                                   ledger::View& view) {
  Books books(context.block, view, &context.events);
  ICN_TRY(check_recipient(books, view, body.to));
  Output output;
  output.grant_id = short_id("gr_", context.transaction);
  ICN_TRY_ASSIGN(organization, context.economy.vouches_for(view, context.sender()));
  const Did& payer = organization ? *organization : context.sender();
  ICN_TRY_ASSIGN(amount, pay_start_grant(books, context.block, view, {payer, body.to, output.grant_id}));
  ICN_TRY_ASSIGN(account, books.open(body.to));
  output.amount = amount;
  output.balance = account->balance;
  output.stage = account->stage;
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::economics
