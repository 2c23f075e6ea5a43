#pragma once

#include "economics/books.h"

namespace icn::economics {

struct PaymentOrder {
  Did from;
  Did to;
  Millimana amount;
  std::string reference;
  codec::Cid memo;
};

// Gives mana to another by the rules of "economics.transfer", whatever transaction asks for it. The account
// of the recipient is made if there is none. `to` has been checked (check_account_did()) and differs from
// `from`. Does not finish the books.
//   transfers_off, not_verified, no_common_organisation, I009 (quarantined), transfer_too_large,
//   exceeds_balance, exceeds_daily_limit, did_not_found, exceeds_recipient_cap; the first that holds
// Thread: the ledger's writer.
Result<void> pay(const ledger::BlockContext& block, const ledger::View& view, Books& books,
                 const PaymentOrder& order);

}  // namespace icn::economics
