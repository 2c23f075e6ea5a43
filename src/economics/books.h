#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "economics/tables.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::economics {

// How a lock ends. pay + burn <= locked; the rest is refunded.
struct SettleOrder {
  Did from;
  Did to;
  Millimana locked;             // all that `from` has locked for it
  Millimana pay;                // to `to`, who may then stand above its cap
  Millimana burn;               // destroyed, kind slash_burn
  std::uint64_t hold_secs = 0;  // how long (running time) the pay stays held at `to`
  std::string reference;
};

struct Settlement {
  Millimana paid;
  Millimana refunded;
  Millimana burned;
};

// The books of one transaction: accounts are read once, brought to the block's time at their old rate, given
// the rate and cap of this block, changed in memory, and written by finish() with their entries, the supply
// and one ManaBalanceChanged an entry. Without finish() nothing is written.
// An error of any step leaves the books unfit: drop them. Errors as in accounts.h.
// Thread: the ledger's writer. Borrows all it is given.
class Books {
 public:
  // `events` may be null.
  Books(const ledger::BlockContext& block, ledger::View& view, std::vector<ledger::Event>* events)
      : block_(block), view_(view), events_(events) {}
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  // The account as the steps so far left it; null: there is none.
  Result<const Account*> find(const Did& did);
  // The account of `did`, made Unverified and empty if there was none.
  Result<const Account*> open(const Did& did);

  // exceeds_balance
  Result<void> check_available(const Did& did, Millimana amount);

  Result<void> move(const Did& from, const Did& to, Millimana amount, const std::string& reference,
                    const codec::Cid& memo = {});
  Result<void> lock(const Did& did, Millimana amount, const std::string& reference);
  Result<void> release(const Did& did, Millimana amount, const std::string& reference,
                       std::uint64_t hold_secs = 0);
  // Locks again what release() or settle() left held until `free_secs` (free_secs_of()). exceeds_lock: less
  // is.
  Result<void> seize(const Did& did, Millimana amount, std::uint64_t free_secs, const std::string& reference);
  // Pay above the ceiling of `to` stays with `from`. From somebody to himself: a release.
  Result<Settlement> settle(const SettleOrder& order);
  Result<void> burn(const Did& did, Millimana amount, const std::string& reference);
  Result<void> slash(const Did& did, Millimana amount, const std::string& reference);
  // New mana, and the mark that it was given.
  Result<void> grant_start(const Did& did, Millimana amount, const std::string& reference);

  Result<void> set_stage(const Did& did, Stage stage);
  // The account reads where its factors come from anew at its next write (inputs.h). None: nothing happens.
  Result<void> inputs_changed(const Did& did);
  // Counts towards what the account may send today.
  Result<void> count_sent(const Did& did, Millimana amount);

  Result<void> finish();

 private:
  struct Page {
    Did did;
    Account account;
    std::vector<Entry> entries;
    Passed passed;  // since its last write
    bool has_read_inputs = false;
    std::string counted_home;  // as it was read
    bool exists = false;
    bool is_new = false;
    bool is_changed = false;  // else it is not written, and its time goes on
  };

  Result<Page*> page_of(const Did& did);
  Result<Page*> opened(const Did& did);
  Result<Page*> payer(const Did& did, Millimana amount);
  Result<Page*> locker(const Did& did, Millimana amount);
  Result<void> load_supply();
  Result<void> bring_to_now(Page& page);
  Result<void> refresh_factors(const Did& did, Account& account);
  Entry& entry_of(Page& page, const std::string& reference, const Did* counterparty);
  void note(Page& page, EntryKind kind, Millimana amount, const std::string& reference,
            const Did* counterparty = nullptr);
  Result<void> write(Page& page);
  Result<void> count_share(Page& page);
  void tell(const Page& page, const Entry& entry);

  const ledger::BlockContext& block_;
  ledger::View& view_;
  std::vector<ledger::Event>* events_;
  std::deque<Page> pages_;  // a page keeps its place
  std::optional<Supply> supply_;
  Supply supply_before_;
};

}  // namespace icn::economics
