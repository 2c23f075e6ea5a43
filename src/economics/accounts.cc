#include "economics/accounts.h"

#include "ledger/state.h"

namespace icn::economics {
namespace {

// One step with books of its own.
template <typename Step>
auto alone(const BlockContext& block, View& view, Events* events, Step step)
    -> decltype(step(std::declval<Books&>())) {
  Books books(block, view, events);
  auto done = step(books);
  if (!done.ok()) return done;
  ICN_TRY(books.finish());
  return done;
}

}  // namespace

Result<std::optional<Account>> load_account(const ledger::Reader& state, const Did& did) {
  return kAccounts.get(state, did);
}

Result<bool> may_pay(const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(account, kAccounts.get(state, did));
  if (account && account->stage == Stage::kUnverified) return kMemberships.contains(state, did);
  return account.has_value();
}

Result<AccountNow> account_at(const ledger::Reader& state, const Did& did, TimestampSecs now) {
  ICN_TRY_ASSIGN(stored, kAccounts.get(state, did));
  AccountNow out;
  out.exists = stored.has_value();
  out.now = out.running_secs = now;
  if (!stored) return out;
  out.account = std::move(*stored);
  settle_time(out.account, out.now);
  if (!out.account.held.empty()) {
    ICN_TRY_ASSIGN(clock, ledger::kClock.get(state, "clock"));
    if (clock) out.running_secs -= clock->standstill_secs;
  }
  return out;
}

Result<Millimana> available(const ledger::Reader& state, const BlockContext& block, const Did& did) {
  ICN_TRY_ASSIGN(account, kAccounts.get(state, did));
  if (!account) return Millimana{};
  settle_time(*account, block.time);
  return available_at(*account, block.running_secs());
}

Result<void> lock(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                  const std::string& reference) {
  return alone(block, view, events, [&](Books& books) { return books.lock(did, amount, reference); });
}

Result<void> release(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                     const std::string& reference, std::uint64_t hold_secs) {
  return alone(block, view, events,
               [&](Books& books) { return books.release(did, amount, reference, hold_secs); });
}

Result<Settlement> settle(const BlockContext& block, View& view, Events* events, const SettleOrder& order) {
  return alone(block, view, events, [&](Books& books) { return books.settle(order); });
}

Result<void> burn(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                  const std::string& reference) {
  return alone(block, view, events, [&](Books& books) { return books.burn(did, amount, reference); });
}

Result<void> slash(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                   const std::string& reference) {
  return alone(block, view, events, [&](Books& books) { return books.slash(did, amount, reference); });
}

Result<void> move(const BlockContext& block, View& view, Events* events, const Did& from, const Did& to,
                  Millimana amount, const std::string& reference) {
  return alone(block, view, events, [&](Books& books) { return books.move(from, to, amount, reference); });
}

}  // namespace icn::economics
