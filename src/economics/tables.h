#pragma once

#include <array>
#include <string>
#include <vector>

#include "economics/account.h"
#include "ledger/tables.h"

// Tables 40 to 59. Format: docs/formats/economics.md.
namespace icn::economics {

// lock and release move mana between available and locked and leave the balance as it is; the amounts of
// all other kinds add up to the balance.
enum class EntryKind {
  kRegen,
  kGrant,
  kTransferIn,
  kTransferOut,
  kLock,
  kRelease,
  kSettlePay,
  kSettleReceive,
  kFeeBurn,
  kSlashBurn,
  kCapTrim,
};
constexpr auto enum_names(EntryKind) {
  using enum EntryKind;
  using Name = std::pair<EntryKind, std::string_view>;
  return std::array{Name(kRegen, "regen"),
                    Name(kGrant, "grant"),
                    Name(kTransferIn, "transfer_in"),
                    Name(kTransferOut, "transfer_out"),
                    Name(kLock, "lock"),
                    Name(kRelease, "release"),
                    Name(kSettlePay, "settle_pay"),
                    Name(kSettleReceive, "settle_receive"),
                    Name(kFeeBurn, "fee_burn"),
                    Name(kSlashBurn, "slash_burn"),
                    Name(kCapTrim, "cap_trim")};
}
constexpr bool changes_balance(EntryKind kind) {
  return kind != EntryKind::kLock && kind != EntryKind::kRelease;
}

struct Line {
  EntryKind kind = EntryKind::kRegen;
  Millimana amount;
  static constexpr auto fields() {
    return described(codec::field("kind", &Line::kind), codec::field("amount", &Line::amount));
  }
  bool operator==(const Line&) const = default;
};

// What one cause did to one account, in one row: each line is an item of the history (a LedgerEntry of
// domain.md 5). Regeneration and trims since the last write stand in front, as lines of their own.
// Key (did, number of the last line); lines are numbered through an account from 1 on.
struct Entry {
  TimestampSecs at = 0;
  std::string reference;     // transfer, job, or what a fee was for
  std::string counterparty;  // DID; empty: none
  Millimana balance_after;
  codec::Cid memo;  // empty: none
  std::vector<Line> lines;
  static constexpr auto fields() {
    using codec::field;
    return described(field("at", &Entry::at), field("reference", &Entry::reference),
                     field("counterparty", &Entry::counterparty),
                     field("balance_after", &Entry::balance_after), field("memo", &Entry::memo),
                     field("lines", &Entry::lines));
  }
};
inline constexpr std::uint64_t kLinesMax = 64;  // of one row; Books begins another one then
using EntryKey = std::tuple<Did, std::uint64_t>;

// One row, key "supply": all that ever came and went. Sum of balances = regenerated + granted - burned -
// trimmed, counted as accounts stood at their last writes.
struct Supply {
  TimestampSecs started = 0;  // genesis
  Millimana regenerated;
  Millimana granted;
  Millimana burned;
  Millimana trimmed;
  Millimana locked;  // of all accounts; held pay is not in it
  std::uint64_t accounts = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("started", &Supply::started), field("regenerated", &Supply::regenerated),
                     field("granted", &Supply::granted), field("burned", &Supply::burned),
                     field("trimmed", &Supply::trimmed), field("locked", &Supply::locked),
                     field("accounts", &Supply::accounts));
  }
  Millimana balances() const { return regenerated + granted - burned - trimmed; }
  bool operator==(const Supply&) const = default;
};

// Key: the organization that gives them. Start grants of the running epoch.
struct GrantCount {
  std::uint64_t epoch = 0;
  std::uint64_t count = 0;
  static constexpr auto fields() {
    return described(codec::field("epoch", &GrantCount::epoch), codec::field("count", &GrantCount::count));
  }
};

// Key: DID. Bodies it is an Active member of, as governance and federations tell it (inputs.h).
struct Membership {
  std::string scope;
  Organisation kind = Organisation::kNone;
  static constexpr auto fields() {
    return described(codec::field("scope", &Membership::scope), codec::field("kind", &Membership::kind));
  }
  bool operator==(const Membership&) const = default;
};
struct Memberships {
  std::vector<Membership> items;  // by scope
  static constexpr auto fields() { return described(codec::field("items", &Memberships::items)); }
};

inline const ledger::Table<Did, Account> kAccounts{40, "mana_accounts"};
inline const ledger::Table<EntryKey, Entry> kEntries{41, "mana_transactions"};
inline const ledger::Table<std::string, Supply> kSupply{42, "mana_supply"};
inline const ledger::Table<Did, GrantCount> kGrantCount{43, "mana_grants"};

inline const ledger::Table<Did, Memberships> kMemberships{44, "mana_memberships"};

inline const std::string kSupplyKey = "supply";

}  // namespace icn::economics
