#include "credentials/departure.h"

#include <map>

#include "credentials/pauses.h"
#include "credentials/tables.h"

namespace icn::credentials {

Result<std::uint64_t> leave_credentials(const ledger::Departure& departure) {
  ledger::View& view = departure.view;
  const ledger::IsKept& is_kept = departure.is_kept;
  std::set<Did> issuers;
  std::set<CredentialKey> credentials;
  std::set<Bytes> cids;
  std::vector<std::pair<std::uint64_t, std::string>> pauses;  // their due rows
  ICN_TRY_ASSIGN(
      gone, ledger::sweep(view, kCredentials, [&](const CredentialKey& key, const CredentialRecord& each) {
        if (!is_kept(each.issuer) && !is_kept(each.holder)) {
          if (is_paused(each)) pauses.emplace_back(each.paused_until_secs, pause_id(each));
          return true;
        }
        issuers.insert(each.issuer);
        credentials.insert(key);
        cids.insert(std::get<0>(key));
        return false;
      }));
  for (const auto& [until_secs, id] : pauses) ICN_TRY(ledger::unschedule(view, until_secs, kPauseDue, id));
  ICN_TRY(ledger::sweep(view, kStatusPages, [&](const StatusPageKey& key, const StatusPage&) {
    return !issuers.contains(std::get<0>(key));
  }));
  ICN_TRY(ledger::sweep(view, kDisclosures, [&](const DisclosureKey& key, const Disclosure&) {
    return !cids.contains(std::get<0>(key));
  }));
  std::map<Did, std::uint64_t> held;
  ICN_TRY(ledger::sweep(view, kHoldings, [&](const HoldingKey& key, const Holding&) {
    if (!credentials.contains({std::get<2>(key), std::get<3>(key)})) return true;
    ++held[std::get<0>(key)];
    return false;
  }));
  std::map<Did, CredentialCounts> counts;
  ICN_TRY(ledger::sweep(view, kCredentialCounts, [&](const Did& did, const CredentialCounts& each) {
    counts.emplace(did, each);
    return true;
  }));
  for (auto& [did, each] : counts) {
    const auto found = held.find(did);
    each.held = found == held.end() ? 0 : found->second;
    if (is_kept(did) || each.held > 0) ICN_TRY(kCredentialCounts.put(view, did, each));
  }
  return gone;
}

Result<std::set<Did>> issuers_for(const ledger::Reader& state, const std::set<Did>& kept) {
  std::set<Did> out;
  ICN_TRY_ASSIGN(rows, kCredentials.scan(state, {}));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    if (kept.contains(row->holder)) out.insert(row->issuer);
  }
}

}  // namespace icn::credentials
