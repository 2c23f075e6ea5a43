#include "network/ban_store.h"

#include "ledger/tables.h"

namespace icn::network {
namespace {

struct BanRow {
  TimestampSecs until = 0;
  std::string reason;
  static constexpr auto fields() {
    return described(codec::field("until", &BanRow::until), codec::field("reason", &BanRow::reason));
  }
};

const storage::Table<std::string, BanRow> kBans{250, "network_bans"};

}  // namespace

const storage::TableSchema& BanStore::table() { return kBans.schema(); }

Result<std::vector<Ban>> BanStore::load(TimestampSecs now) {
  std::vector<Ban> out;
  storage::RowBuffer over(store_);
  ICN_TRY_ASSIGN(rows, kBans.scan(store_, {}));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) break;
    std::string peer;
    if (!storage::parse_key(rows.key(), peer)) return Error(storage::kCorrupt, "a ban of nobody");
    if (row->until > now)
      out.push_back({PeerId(peer), row->until, std::move(row->reason)});
    else
      ICN_TRY(kBans.erase(over, peer));
  }
  if (auto old = over.take(); !old.empty()) write(std::move(old));
  return out;
}

void BanStore::put(const Ban& ban) {
  storage::RowBuffer rows(store_);
  if (kBans.insert(rows, ban.peer.text(), {ban.until, ban.reason}).ok()) write(rows.take());
}

void BanStore::erase(const PeerId& peer) {
  storage::RowBuffer rows(store_);
  if (kBans.erase(rows, peer.text()).ok()) write(rows.take());
}

void BanStore::write(std::vector<storage::Row> rows) {
  writes_.submit(std::move(rows), inline_, [log = log_](const Result<void>& written) {
    if (!written.ok()) log->warn("a ban was not written: {}", written.error().detail());
  });
}

}  // namespace icn::network
