#include "economics/payment.h"

#include "economics/account_did.h"
#include "economics/errors.h"
#include "economics/inputs.h"

namespace icn::economics {
namespace {

// Values of economics.transfer_policy.
enum class Policy : std::int64_t { kNone = 0, kMembers = 1, kVerified = 2, kOpen = 3 };

Result<void> check_policy(const ledger::BlockContext& block, const ledger::View& view, const Account* payer,
                          const PaymentOrder& order) {
  const auto policy = static_cast<Policy>(block.parameters->economics_transfer_policy);
  if (policy == Policy::kNone) return Error(kTransfersOff);
  if (payer != nullptr && payer->stage == Stage::kUnverified)
    return Error(kNotVerified, "the payer's account is unverified: it has had no start grant");
  if (policy != Policy::kMembers) return {};
  ICN_TRY_ASSIGN(is_shared, share_membership(view, order.from, order.to));
  return is_shared ? Result<void>() : Result<void>(Error(kNotMembers));
}

// What emergencies change (governance/emergencies.h).
Result<void> check_emergency(const ledger::BlockContext& block, const Account* payer, Millimana amount) {
  const ledger::Parameters& parameters = *block.parameters;
  const auto quarantine_secs = static_cast<std::uint64_t>(parameters.identity_quarantine_secs);
  if (quarantine_secs > 0 && payer != nullptr && payer->created + quarantine_secs > block.time)
    return Error(kQuarantined, "the account sends nothing before " +
                                   std::to_string(payer->created + quarantine_secs) +
                                   " (identity.quarantine_secs)");
  const Millimana most{parameters.economics_transfer_max};
  if (most.value == 0 || amount <= most) return {};
  return Error(kTransferTooLarge, "no transfer may be larger than " + codec::to_json_text(most) +
                                      " mana now (economics.transfer_max)");
}

Result<void> check_day(const ledger::BlockContext& block, const Account& payer, Millimana amount) {
  const Millimana allowance = share_of(payer.cap, block.parameters->economics_transfer_daily_ppm);
  const bool is_today = payer.sent_day == block.time / kSecsPerDay;
  const Millimana sent = is_today ? payer.sent_today : Millimana{};
  if (sent + amount <= allowance) return {};
  return Error(kExceedsDay, "may send " + codec::to_json_text(allowance) + " mana a day, has sent " +
                                codec::to_json_text(sent));
}

Result<void> check_room(const ledger::BlockContext& block, const Account& recipient, Millimana amount) {
  const Millimana limit = receive_limit(recipient, *block.parameters);
  if (recipient.balance + amount <= limit) return {};
  return Error(kExceedsRecipientCap, "the recipient may hold " + codec::to_json_text(limit) + " mana, has " +
                                         codec::to_json_text(recipient.balance));
}

}  // namespace

Result<void> pay(const ledger::BlockContext& block, const ledger::View& view, Books& books,
                 const PaymentOrder& order) {
  ICN_TRY_ASSIGN(payer, books.find(order.from));
  ICN_TRY(check_policy(block, view, payer, order));
  ICN_TRY(check_emergency(block, payer, order.amount));
  ICN_TRY(books.check_available(order.from, order.amount));
  ICN_TRY(check_day(block, *payer, order.amount));
  ICN_TRY(check_recipient(books, view, order.to));
  ICN_TRY_ASSIGN(recipient, books.open(order.to));
  ICN_TRY(check_room(block, *recipient, order.amount));
  ICN_TRY(books.move(order.from, order.to, order.amount, order.reference, order.memo));
  return books.count_sent(order.from, order.amount);
}

}  // namespace icn::economics
