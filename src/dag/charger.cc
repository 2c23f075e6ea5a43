#include "dag/charger.h"

#include <future>

#include "dag/tx/charge.h"
#include "ledger/errors.h"

namespace icn::dag {
namespace {

constexpr std::size_t kAccountsMax = 1'000;

Bytes hash_of(const ledger::CheckedTransaction& transaction) {
  return to_bytes(ByteView(transaction.hash()));
}

}  // namespace

Result<std::size_t> Charger::run() {
  std::size_t left = 0;
  ICN_TRY_ASSIGN(open, open_charge());
  if (open) {
    ICN_TRY(finish(open));
    return left;
  }
  ICN_TRY_ASSIGN(charge, make_charge(left));
  if (charge) ICN_TRY(finish(charge));
  return left;
}

Result<Charger::ChargePtr> Charger::open_charge() const {
  ICN_TRY_ASSIGN(rows, kCharges.scan(blocks_.store(), {}));
  ICN_TRY_ASSIGN(row, rows.next());
  if (!row) return ChargePtr();
  return ledger::CheckedTransaction::parse(ledger_.rules().types, row->transaction);
}

Result<Charger::ChargePtr> Charger::make_charge(std::size_t& left) {
  Charge::Body body;
  ICN_TRY_ASSIGN(rows, kOwed.scan(blocks_.store(), {}));
  while (true) {
    ICN_TRY_ASSIGN(owed, rows.next());
    if (!owed) break;
    if (owed->amount <= Millimana{}) continue;
    Did account;
    if (!storage::parse_key(rows.key(), account))
      return Error(errors::kInternal, "a key of what is owed is damaged");
    if (body.items.size() < kAccountsMax)
      body.items.push_back({std::move(account), owed->amount, owed->blocks, owed->bytes});
    else
      ++left;
  }
  if (body.items.empty()) return ChargePtr();
  ICN_TRY_ASSIGN(charge, maker_.make(signer_.node_did, signer_.key, "dag.charge", codec::to_json(body)));
  const OpenCharge row{codec::to_json_text(charge->envelope())};
  ICN_TRY(blocks_.writer().run(row.transaction.size(), [&](Batch& batch) {
    return kCharges.put(batch.view, charge->id().text(), row);
  }));
  return charge;
}

Result<void> Charger::finish(const ChargePtr& charge) {
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(known, ledger::find_commitment(*store, hash_of(*charge)));
  if (known) return close(charge, known->outcome.ok);
  const Result<ledger::Commitment> committed = submit(charge);
  if (committed.ok()) return close(charge, committed->outcome.ok);
  if (!committed.error().is(ledger::kExpired)) return committed.error();
  // Too late for every block to come: it is in one of those before, or in none.
  ICN_TRY_ASSIGN(found, ledger::find_commitment(*store, hash_of(*charge)));
  return close(charge, found && found->outcome.ok);
}

Result<ledger::Commitment> Charger::submit(const ChargePtr& charge) {
  const auto promise = std::make_shared<std::promise<Result<ledger::Commitment>>>();
  auto answer = promise->get_future();
  gateway_.submit_own(executor_, charge, signer_.key.secret.public_key(),
                      [promise](const Result<ledger::Commitment>& result) { promise->set_value(result); });
  return answer.get();
}

Result<void> Charger::close(const ChargePtr& charge, bool is_paid) {
  ICN_TRY_ASSIGN(body, codec::from_json<Charge::Body>(charge->envelope().body));
  return blocks_.writer().run(1'000 + body.items.size() * 300, [&](Batch& batch) -> Result<void> {
    ICN_TRY(kCharges.erase(batch.view, charge->id().text()));
    if (!is_paid) return {};
    for (const Charge::Item& item : body.items) {
      ICN_TRY_ASSIGN(before, kOwed.get(batch.view, item.account));
      Owed now = before.value_or(Owed());
      now.amount -= item.amount;
      now.blocks -= item.blocks;
      now.bytes -= item.bytes;
      if (now == Owed())
        ICN_TRY(kOwed.erase(batch.view, item.account));
      else
        ICN_TRY(kOwed.put(batch.view, item.account, now));
    }
    return {};
  });
}

}  // namespace icn::dag
