#include "economics/tx/vouch.h"

#include "economics/account_did.h"
#include "economics/errors.h"

namespace icn::economics {

Result<void> VouchFor::check(const ledger::Transaction& transaction, const Body& body) {
  if (auto did = check_account_did(body.to); !did.ok()) return did.error().within("to");
  return body.to == transaction.sender ? Result<void>(Error(kVouchesForSelf)) : Result<void>();
}

Result<VouchFor::Output> VouchFor::apply(const ledger::ApplyContext& context, const Body& body,
                                         ledger::View& view) {
  const Did& voucher = context.sender();
  ICN_TRY_ASSIGN(is_member, kMemberships.contains(view, voucher));
  if (!is_member) {
    ICN_TRY_ASSIGN(organization, context.economy.vouches_for(view, voucher));
    if (!organization) return Error(kMayNotVouch);
  }
  Books books(context.block, view, &context.events);
  ICN_TRY(check_recipient(books, view, body.to));
  ICN_TRY_ASSIGN(made, vouch(context.block, view, books, voucher, body.to));
  ICN_TRY_ASSIGN(account, books.open(body.to));
  const Output output{body.to, made.deposit, made.due_secs + context.block.standstill_secs, account->stage};
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::economics
