#include "ledger/gateway.h"

#include "ledger/errors.h"

namespace icn::ledger {
namespace {

const Error& bad_signature() {
  static const Error kError(kBadSignature,
                            "the signature is not valid for the key, the fields and \"icn:tx:v1\"");
  return kError;
}

}  // namespace

Result<void> Gateway::prepare(CheckedTransaction& transaction) const {
  const Transaction& envelope = transaction.envelope();
  const auto published = ledger_.published();
  if (envelope.network != published->network.network) {
    return Error(kWrongNetwork, "the transaction is for network \"" + envelope.network + "\", this is \"" +
                                    published->network.network + "\"");
  }
  const TimestampSecs now = std::max(clock_.now_secs(), published->head.header.time);
  ICN_TRY(check_lifetime(envelope, now,
                         static_cast<std::uint64_t>(published->parameters.ledger_lifetime_max_secs)));
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(key, ledger_.rules().resolve_key(*store, envelope.sender, envelope.key));
  transaction.set_verified_key(key);
  return {};
}

void Gateway::submit(Executor& executor, std::shared_ptr<CheckedTransaction> transaction, Done done) {
  ICN_ASSERT(executor.is_current() && executor.index() < slots_.size());
  if (auto prepared = prepare(*transaction); !prepared.ok()) return done(std::move(prepared).error());
  Slot& slot = slots_[executor.index()];
  slot.waiting.push_back({std::move(transaction), std::move(done)});
  // The task runs after the other requests of this round.
  if (slot.waiting.size() == 1) executor.post([this, &executor] { flush(executor); });
}

void Gateway::flush(Executor& executor) {
  Slot& slot = slots_[executor.index()];
  std::vector<Waiting> waiting = std::exchange(slot.waiting, {});
  std::vector<crypto::SignedMessage> messages;
  messages.reserve(waiting.size());
  for (const Waiting& each : waiting) messages.push_back(signed_message(*each.transaction));
  const std::vector<bool> valid = slot.verifier.verify(messages);
  std::vector<Submission> group;
  group.reserve(waiting.size());
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    auto& [transaction, done] = waiting[i];
    if (valid[i])
      group.push_back({std::move(transaction), &executor, std::move(done)});
    else
      done(bad_signature());
  }
  if (!group.empty()) log_.submit(std::move(group));
}

void Gateway::submit_now(Executor& executor, std::shared_ptr<CheckedTransaction> transaction, Done done) {
  Result<void> ready = prepare(*transaction);
  if (ready.ok()) {
    const crypto::SignedMessage message = signed_message(*transaction);
    if (!crypto::verify(message.key, message.message, message.signature)) ready = bad_signature();
  }
  if (!ready.ok()) return executor.post([done = std::move(done), ready] { done(ready.error()); });
  std::vector<Submission> group;
  group.push_back({std::move(transaction), &executor, std::move(done)});
  log_.submit(std::move(group));
}

void Gateway::submit_own(Executor& executor, std::shared_ptr<CheckedTransaction> transaction,
                         const crypto::PublicKey& signer, Done done) {
  transaction->set_verified_key(signer);
  std::vector<Submission> group;
  group.push_back({std::move(transaction), &executor, std::move(done)});
  log_.submit(std::move(group));
}

}  // namespace icn::ledger
