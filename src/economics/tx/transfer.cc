#include "economics/tx/transfer.h"

#include "economics/account_did.h"
#include "economics/books.h"
#include "economics/errors.h"

namespace icn::economics {
namespace {

// Values of economics.transfer_policy.
enum class Policy : std::int64_t { kNone = 0, kMembers = 1, kVerified = 2, kOpen = 3 };

Result<void> check_policy(const ledger::Parameters& parameters, const Account* payer) {
  const auto policy = static_cast<Policy>(parameters.economics_transfer_policy);
  if (policy == Policy::kNone) return Error(kTransfersOff);
  if (payer != nullptr && payer->stage == Stage::kUnverified)
    return Error(kNotVerified, "the payer's account is unverified: it has had no start grant");
  // No organisation is on the ledger yet, so that nobody shares one.
  if (policy == Policy::kMembers) return Error(kNotMembers);
  return {};
}

Result<void> check_day(const ledger::ApplyContext& context, const Account& payer, Millimana amount) {
  const Millimana allowance = share_of(payer.cap, context.parameters().economics_transfer_daily_ppm);
  const bool is_today = payer.sent_day == context.block.time / kSecsPerDay;
  const Millimana sent = is_today ? payer.sent_today : Millimana{};
  if (sent + amount <= allowance) return {};
  return Error(kExceedsDay, "may send " + codec::to_json_text(allowance) + " mana a day, has sent " +
                                codec::to_json_text(sent));
}

Result<void> check_room(const ledger::ApplyContext& context, const Account& recipient, Millimana amount) {
  const Millimana limit = receive_limit(recipient, context.parameters());
  if (recipient.balance + amount <= limit) return {};
  return Error(kExceedsRecipientCap, "the recipient may hold " + codec::to_json_text(limit) + " mana, has " +
                                         codec::to_json_text(recipient.balance));
}

}  // namespace

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
  ICN_TRY_ASSIGN(payer, books.find(from));
  ICN_TRY(check_policy(context.parameters(), payer));
  ICN_TRY(books.check_available(from, body.amount));
  ICN_TRY(check_day(context, *payer, body.amount));
  ICN_TRY(check_recipient(books, view, body.to));
  ICN_TRY_ASSIGN(recipient, books.open(body.to));
  ICN_TRY(check_room(context, *recipient, body.amount));

  Output output;
  output.transfer_id = short_id("tr_", context.transaction);
  ICN_TRY(books.move(from, body.to, body.amount, output.transfer_id, body.memo_cid.value_or(codec::Cid())));
  ICN_TRY(books.count_sent(from, body.amount));
  ICN_TRY(books.finish());
  output.from_balance = payer->balance;
  output.to_balance = recipient->balance;
  return output;
}

}  // namespace icn::economics
