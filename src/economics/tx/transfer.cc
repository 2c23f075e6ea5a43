#include "economics/tx/transfer.h"

#include "economics/account_did.h"
#include "economics/books.h"
#include "economics/errors.h"
#include "economics/payment.h"

namespace icn::economics {

std::string short_id(std::string_view prefix, const ledger::CheckedTransaction& transaction) {
  return std::string(prefix) + hex_encode(ByteView(transaction.hash()).first(16));
}

Result<void> Transfer::check(const ledger::Transaction& transaction, const Body& body) {
  if (auto did = check_account_did(body.to); !did.ok()) return did.error().within("to");
  if (body.to == transaction.sender) return Error(kToSelf);
  return {};
}

// All rules are asked in apply, which reads each account once.
Result<void> Transfer::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<Transfer::Output> Transfer::apply(const ledger::ApplyContext& context, const Body& body,
                                         ledger::View& view) {
  Books books(context.block, view, &context.events);
  const Did& from = context.sender();
  Output output;
  output.transfer_id = short_id("tr_", context.transaction);
  ICN_TRY(pay(context.block, view, books,
              {from, body.to, body.amount, output.transfer_id, body.memo_cid.value_or(codec::Cid())}));
  ICN_TRY(books.finish());
  ICN_TRY_ASSIGN(payer, books.find(from));
  ICN_TRY_ASSIGN(recipient, books.find(body.to));
  output.from_balance = payer->balance;
  output.to_balance = recipient->balance;
  return output;
}

}  // namespace icn::economics
