#include "credentials/holdings.h"

#include <algorithm>

#include "credentials/errors.h"
#include "credentials/tx/issue.h"

namespace icn::credentials {
namespace {

constexpr std::size_t kDroppedMax = 4;  // with each new one, so that the rest is caught up with

// Keys of the first few that expired, the earliest first.
Result<std::vector<HoldingKey>> expired_of(const ledger::Reader& state, const Did& holder, TimestampSecs now,
                                           std::size_t count_max) {
  std::vector<HoldingKey> out;
  ICN_TRY_ASSIGN(rows, kHoldings.scan(state, ledger::prefix_range(ledger::key_of(holder))));
  while (out.size() < count_max) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) break;
    Did did;
    TimestampSecs expires_at = 0;
    Bytes cid;
    Did issuer;
    if (!storage::parse_key(rows.key(), did, expires_at, cid, issuer))
      return Error(errors::kInternal, "the key of a held credential cannot be read");
    if (expires_at > now) break;
    out.emplace_back(std::move(did), expires_at, std::move(cid), std::move(issuer));
  }
  return out;
}

}  // namespace

Result<void> check_may_hold(const ledger::Reader& state, const Did& holder, TimestampSecs now) {
  ICN_TRY_ASSIGN(counts, kCredentialCounts.get(state, holder));
  if (!counts || counts->held < kHeldMax) return {};
  ICN_TRY_ASSIGN(expired, expired_of(state, holder, now, 1));
  if (!expired.empty()) return {};
  return Error(kTooManyCredentials, holder.text() + " holds 1,000 credentials");
}

Result<void> add_holding(ledger::View& view, const CredentialRecord& record, TimestampSecs now) {
  ICN_TRY_ASSIGN(counted, kCredentialCounts.get(view, record.holder));
  CredentialCounts counts = counted.value_or(CredentialCounts{});
  ICN_TRY_ASSIGN(expired, expired_of(view, record.holder, now, kDroppedMax));
  for (const HoldingKey& each : expired) ICN_TRY(kHoldings.erase(view, each));
  counts.held -= std::min<std::uint64_t>(expired.size(), counts.held);
  ++counts.held;
  ICN_TRY(kCredentialCounts.put(view, record.holder, counts));
  return kHoldings.put(view, holding_key(record), {record.cid});
}

Result<void> drop_holding(ledger::View& view, const CredentialRecord& record) {
  ICN_TRY_ASSIGN(is_counted, kHoldings.contains(view, holding_key(record)));
  ICN_TRY_ASSIGN(counts, kCredentialCounts.get(view, record.holder));
  if (!is_counted || !counts || counts->held == 0) return {};
  --counts->held;
  ICN_TRY(kHoldings.erase(view, holding_key(record)));
  return kCredentialCounts.put(view, record.holder, *counts);
}

}  // namespace icn::credentials
