#include "economics/books.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/balance_change.h"
#include "economics/errors.h"
#include "economics/inputs.h"
#include "economics/shares.h"

namespace icn::economics {
namespace {

std::string mana_text(Millimana amount) { return codec::to_json_text(amount); }

bool is_prelude(const Entry& entry) {
  return std::ranges::all_of(entry.lines, [](const Line& line) {
    return line.kind == EntryKind::kRegen || line.kind == EntryKind::kCapTrim;
  });
}

}  // namespace

Result<void> Books::load_supply() {
  if (supply_) return {};
  ICN_TRY_ASSIGN(supply, kSupply.get(view_, kSupplyKey));
  if (!supply) return Error(errors::kInternal, "the state has no supply record");
  supply_ = *supply;
  supply_before_ = *supply;
  return {};
}

Result<Books::Page*> Books::page_of(const Did& did) {
  for (Page& page : pages_) {
    if (page.did == did) return &page;
  }
  ICN_TRY(load_supply());
  ICN_TRY_ASSIGN(account, kAccounts.get(view_, did));
  Page& page = pages_.emplace_back();
  page.did = did;
  page.exists = account.has_value();
  if (account) {
    page.account = std::move(*account);
    page.counted_home = page.account.home;
    ICN_TRY(bring_to_now(page));
  }
  return &page;
}

// The factors are in the account: what they come from is read once a day, and after it changed.
Result<void> Books::refresh_factors(const Did& did, Account& account) {
  const ledger::Parameters& parameters = *block_.parameters;
  if (account.inputs_day != block_.time / kSecsPerDay) {
    ICN_TRY_ASSIGN(inputs, read_inputs(view_, parameters, did, account, block_.time, block_.running_secs()));
    apply_inputs(inputs, parameters, block_.time, account);
  }
  refresh(account, parameters, supply_->started, block_.time);
  return {};
}

Result<void> Books::bring_to_now(Page& page) {
  Account& account = page.account;
  page.passed = settle_time(account, block_.time);
  drop_free(account, block_.running_secs());
  const std::uint64_t inputs_day = account.inputs_day;
  ICN_TRY(refresh_factors(page.did, account));
  page.has_read_inputs = account.inputs_day != inputs_day;
  const auto& [regenerated, trimmed] = page.passed;
  if (regenerated.value == 0 && trimmed.value == 0) return {};
  Entry& entry = page.entries.emplace_back();
  entry.at = block_.time;
  entry.balance_after = account.balance;
  if (regenerated.value != 0) entry.lines.push_back({EntryKind::kRegen, regenerated});
  if (trimmed.value != 0) entry.lines.push_back({EntryKind::kCapTrim, -trimmed});
  return {};
}

Result<const Account*> Books::find(const Did& did) {
  ICN_TRY_ASSIGN(page, page_of(did));
  return page->exists ? &page->account : nullptr;
}

Result<const Account*> Books::open(const Did& did) {
  ICN_TRY_ASSIGN(page, opened(did));
  return &page->account;
}

Result<Books::Page*> Books::opened(const Did& did) {
  ICN_TRY_ASSIGN(page, page_of(did));
  if (page->exists) return page;
  page->exists = page->is_new = page->is_changed = true;
  page->account.created = page->account.updated = block_.time;
  ICN_TRY(refresh_factors(did, page->account));
  return page;
}

Result<Books::Page*> Books::payer(const Did& did, Millimana amount) {
  ICN_TRY_ASSIGN(page, page_of(did));
  if (!page->exists) return Error(kExceedsBalance, did.text() + " has no account");
  const Millimana available = available_at(page->account, block_.running_secs());
  if (amount > available) {
    return Error(kExceedsBalance, mana_text(amount) + " mana needed, " + mana_text(available) + " available");
  }
  return page;
}

Result<void> Books::check_available(const Did& did, Millimana amount) {
  ICN_TRY(payer(did, amount));
  return {};
}

Result<Books::Page*> Books::locker(const Did& did, Millimana amount) {
  ICN_TRY_ASSIGN(page, page_of(did));
  if (!page->exists || amount > page->account.locked) {
    return Error(kExceedsLock, mana_text(amount) + " mana asked, " + mana_text(page->account.locked) +
                                   " locked by " + did.text());
  }
  return page;
}

Entry& Books::entry_of(Page& page, const std::string& reference, const Did* counterparty) {
  const std::string_view other = counterparty == nullptr ? std::string_view() : counterparty->text();
  if (!page.entries.empty()) {
    Entry& last = page.entries.back();
    const bool is_same_cause = last.reference == reference &&
                               (other.empty() || last.counterparty.empty() || last.counterparty == other);
    if (is_same_cause && last.lines.size() < kLinesMax) {
      if (!other.empty()) last.counterparty = other;
      return last;
    }
    if (is_prelude(last)) {
      last.reference = reference;
      last.counterparty = other;
      return last;
    }
  }
  Entry& entry = page.entries.emplace_back();
  entry.at = block_.time;
  entry.reference = reference;
  entry.counterparty = other;
  return entry;
}

void Books::note(Page& page, EntryKind kind, Millimana amount, const std::string& reference,
                 const Did* counterparty) {
  Entry& entry = entry_of(page, reference, counterparty);
  entry.lines.push_back({kind, amount});
  entry.balance_after = page.account.balance;
  note_conduct(page.account, kind, amount, block_.time);
  page.is_changed = true;
}

Result<void> Books::move(const Did& from, const Did& to, Millimana amount, const std::string& reference,
                         const codec::Cid& memo) {
  ICN_TRY_ASSIGN(source, payer(from, amount));
  ICN_TRY_ASSIGN(target, opened(to));
  source->account.balance -= amount;
  note(*source, EntryKind::kTransferOut, -amount, reference, &to);
  target->account.balance += amount;
  note(*target, EntryKind::kTransferIn, amount, reference, &from);
  source->entries.back().memo = memo;
  target->entries.back().memo = memo;
  return {};
}

Result<void> Books::lock(const Did& did, Millimana amount, const std::string& reference) {
  if (amount.value == 0) return {};
  ICN_TRY_ASSIGN(page, payer(did, amount));
  page->account.locked += amount;
  supply_->locked += amount;
  note(*page, EntryKind::kLock, -amount, reference);
  return {};
}

Result<void> Books::release(const Did& did, Millimana amount, const std::string& reference,
                            std::uint64_t hold_secs) {
  if (amount.value == 0) return {};
  ICN_TRY_ASSIGN(page, locker(did, amount));
  page->account.locked -= amount;
  supply_->locked -= amount;
  hold(page->account, amount, block_.running_secs(), hold_secs);
  note(*page, EntryKind::kRelease, amount, reference);
  return {};
}

Result<void> Books::seize(const Did& did, Millimana amount, std::uint64_t free_secs,
                          const std::string& reference) {
  if (amount.value == 0) return {};
  ICN_TRY_ASSIGN(page, page_of(did));
  if (!page->exists || !take_held(page->account, amount, free_secs)) {
    return Error(kExceedsLock, mana_text(amount) + " mana are no longer held by " + did.text());
  }
  page->account.locked += amount;
  supply_->locked += amount;
  note(*page, EntryKind::kLock, -amount, reference);
  return {};
}

Result<Settlement> Books::settle(const SettleOrder& order) {
  if (order.pay.value < 0 || order.burn.value < 0 || order.pay + order.burn > order.locked)
    return Error(kExceedsLock, "pays and burns more than the lock of " + mana_text(order.locked));
  ICN_TRY_ASSIGN(source, locker(order.from, order.locked));
  Settlement done{{}, {}, order.burn};
  if (order.pay.value > 0 && order.from != order.to) {
    ICN_TRY_ASSIGN(target, opened(order.to));
    const Millimana ceiling{block_.parameters->economics_ceiling};
    done.paid = std::clamp(ceiling - target->account.balance, Millimana{}, order.pay);
    if (done.paid.value > 0) {
      target->account.balance += done.paid;
      hold(target->account, done.paid, block_.running_secs(), order.hold_secs);
      note(*target, EntryKind::kSettleReceive, done.paid, order.reference, &order.from);
    }
  }
  done.refunded = order.locked - done.paid - order.burn;
  source->account.locked -= order.locked;
  supply_->locked -= order.locked;
  if (done.paid.value > 0) {
    source->account.balance -= done.paid;
    note(*source, EntryKind::kSettlePay, -done.paid, order.reference, &order.to);
  }
  if (order.burn.value > 0) {
    source->account.balance -= order.burn;
    supply_->burned += order.burn;
    note(*source, EntryKind::kSlashBurn, -order.burn, order.reference);
  }
  if (done.refunded.value > 0) note(*source, EntryKind::kRelease, done.refunded, order.reference);
  source->is_changed = true;
  return done;
}

Result<void> Books::burn(const Did& did, Millimana amount, const std::string& reference) {
  if (amount.value == 0) return {};
  ICN_TRY_ASSIGN(page, payer(did, amount));
  page->account.balance -= amount;
  supply_->burned += amount;
  note(*page, EntryKind::kFeeBurn, -amount, reference);
  return {};
}

Result<void> Books::slash(const Did& did, Millimana amount, const std::string& reference) {
  if (amount.value == 0) return {};
  ICN_TRY_ASSIGN(page, locker(did, amount));
  page->account.locked -= amount;
  page->account.balance -= amount;
  supply_->locked -= amount;
  supply_->burned += amount;
  note(*page, EntryKind::kSlashBurn, -amount, reference);
  return {};
}

Result<void> Books::grant_start(const Did& did, Millimana amount, const std::string& reference) {
  ICN_TRY_ASSIGN(page, opened(did));
  const Millimana ceiling{block_.parameters->economics_ceiling};
  const Millimana given = std::clamp(ceiling - page->account.balance, Millimana{}, amount);
  page->account.is_granted = page->is_changed = true;
  page->account.balance += given;
  supply_->granted += given;
  if (given.value > 0) note(*page, EntryKind::kGrant, given, reference);
  return {};
}

Result<void> Books::set_stage(const Did& did, Stage stage) {
  ICN_TRY_ASSIGN(page, opened(did));
  page->account.stage = stage;
  refresh(page->account, *block_.parameters, supply_->started, block_.time);
  page->is_changed = true;
  return {};
}

Result<void> Books::inputs_changed(const Did& did) {
  ICN_TRY_ASSIGN(page, page_of(did));
  if (!page->exists) return {};
  page->account.inputs_day = 0;
  page->is_changed = true;
  return {};
}

Result<void> Books::count_sent(const Did& did, Millimana amount) {
  ICN_TRY_ASSIGN(page, opened(did));
  const std::uint64_t today = block_.time / kSecsPerDay;
  Account& account = page->account;
  if (account.sent_day != today) account.sent_today = {};
  account.sent_day = today;
  account.sent_today += amount;
  page->is_changed = true;
  return {};
}

Result<void> Books::finish() {
  for (Page& page : pages_) {
    if (page.is_changed) ICN_TRY(write(page));
  }
  if (!supply_ || *supply_ == supply_before_) return {};
  return kSupply.put(view_, kSupplyKey, *supply_);
}

Result<void> Books::count_share(Page& page) {
  Account& account = page.account;
  const std::uint64_t rate =
      account.home.empty() ? 0
                           : rate_without_limit(account, *block_.parameters, supply_->started, block_.time);
  ICN_TRY(count_rate(block_, view_, {page.counted_home, account.counted_nano}, {account.home, rate},
                     page.has_read_inputs && !account.home.empty()));
  account.counted_nano = rate;
  return {};
}

Result<void> Books::write(Page& page) {
  Account& account = page.account;
  supply_->regenerated += page.passed.regenerated;
  supply_->trimmed += page.passed.trimmed;
  if (page.is_new) ++supply_->accounts;
  ICN_TRY(count_share(page));
  for (const Entry& entry : page.entries) {
    account.entry_count += entry.lines.size();
    ICN_TRY(kEntries.insert(view_, {page.did, account.entry_count}, entry));
    if (events_ != nullptr) tell(page, entry);
  }
  return kAccounts.put(view_, page.did, account);
}

void Books::tell(const Page& page, const Entry& entry) {
  std::string data;
  data.reserve(320);
  data += "{\"did\":";
  codec::append_json_string(data, page.did.text());
  data += ",\"kind\":\"";
  data += codec::enum_name(entry.lines.back().kind);
  data += "\",\"amount\":";
  codec::append_json(data, entry.lines.back().amount);
  data += ",\"balance\":";
  codec::append_json(data, entry.balance_after);
  data += ",\"available\":";
  codec::append_json(data, available_at(page.account, block_.running_secs()));
  data += ",\"reference\":";
  codec::append_json_string(data, entry.reference);
  data += '}';
  events_->push_back({std::string(kBalanceEvent), std::move(data)});
}

}  // namespace icn::economics
