#include "economics/history.h"

#include <algorithm>

namespace icn::economics {
namespace {

constexpr std::size_t kRowsMax = 5'000;

bool comes_by_itself(EntryKind kind) { return kind == EntryKind::kRegen || kind == EntryKind::kCapTrim; }

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::vector<LedgerEntry> items_of(const Did& did, std::uint64_t last_seq, const Entry& entry) {
  std::vector<LedgerEntry> items;
  items.reserve(entry.lines.size());
  Millimana balance = entry.balance_after;
  std::uint64_t seq = last_seq;
  for (auto line = entry.lines.rbegin(); line != entry.lines.rend(); ++line, --seq) {
    LedgerEntry& item = items.emplace_back();
    item.seq = seq;
    item.id = did.text() + "/" + std::to_string(seq);
    item.did = did;
    item.kind = line->kind;
    item.amount = line->amount;
    item.balance_after = balance;
    item.ts = entry.at;
    if (changes_balance(line->kind)) balance -= line->amount;
    if (comes_by_itself(line->kind)) continue;
    item.counterparty = unless_empty(entry.counterparty);
    item.reference = unless_empty(entry.reference);
    if (!entry.memo.empty()) item.memo_cid = entry.memo;
  }
  return items;
}

Result<HistoryPage> read_history(const ledger::Reader& state, const Did& did, const HistoryFilter& filter) {
  HistoryPage page;
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(did), {}, true);
  // The row that holds the item below may end above it, by less than kLinesMax.
  if (filter.below_seq != 0) range.to = ledger::key_of(did, filter.below_seq + kLinesMax);
  ICN_TRY_ASSIGN(rows, kEntries.scan(state, range));
  for (std::size_t looked_at = 0;; ++looked_at) {
    ICN_TRY_ASSIGN(entry, rows.next());
    if (!entry || entry->at < filter.since) return page;
    Did owner;
    std::uint64_t last_seq = 0;
    if (!storage::parse_key(rows.key(), owner, last_seq))
      return Error(storage::kCorrupt, "a key of the history");
    for (LedgerEntry& item : items_of(did, last_seq, *entry)) {
      if (filter.below_seq != 0 && item.seq >= filter.below_seq) continue;
      if (page.items.size() >= filter.limit || looked_at >= kRowsMax) {
        page.resume = item.seq + 1;
        return page;
      }
      if (!filter.kind || item.kind == *filter.kind) page.items.push_back(std::move(item));
    }
  }
}

}  // namespace icn::economics
