#pragma once

#include <optional>
#include <string>
#include <vector>

#include "economics/tables.h"

namespace icn::economics {

// One item of an account's history (domain.md 5).
struct LedgerEntry {
  std::uint64_t seq = 0;
  std::string id;
  Did did;
  EntryKind kind = EntryKind::kRegen;
  Millimana amount;
  Millimana balance_after;
  std::optional<std::string> counterparty;
  std::optional<std::string> reference;
  std::optional<codec::Cid> memo_cid;
  TimestampSecs ts = 0;

  static constexpr std::string_view schema_name = "LedgerEntry";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("seq", &LedgerEntry::seq, "number in this account's history, from 1"),
        field("id", &LedgerEntry::id, "did/seq"), field("did", &LedgerEntry::did),
        field("kind", &LedgerEntry::kind),
        field("amount", &LedgerEntry::amount, "mana; lock and release leave the balance as it is"),
        field("balance_after", &LedgerEntry::balance_after),
        field("counterparty", &LedgerEntry::counterparty),
        field("ref", &LedgerEntry::reference, "transfer, job, or what a fee was for"),
        field("memo_cid", &LedgerEntry::memo_cid), field("ts", &LedgerEntry::ts, "Unix seconds"));
  }
};

// The items of one stored row, newest first; `last_seq` is the number of its last line. Regeneration and
// trims have neither counterparty nor reference.
std::vector<LedgerEntry> items_of(const Did& did, std::uint64_t last_seq, const Entry& entry);

struct HistoryFilter {
  std::optional<EntryKind> kind;
  TimestampSecs since = 0;
  std::size_t limit = 50;
  std::uint64_t below_seq = 0;  // continue below this item; 0: from the newest
};

struct HistoryPage {
  std::vector<LedgerEntry> items;       // newest first
  std::optional<std::uint64_t> resume;  // below_seq of the next page; none: nothing more
};

// Looks at 5,000 rows at most: with a rare kind a page may be short and yet have a next one.
Result<HistoryPage> read_history(const ledger::Reader& state, const Did& did, const HistoryFilter& filter);

}  // namespace icn::economics
