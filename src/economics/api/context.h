#pragma once

#include <optional>

#include "economics/accounts.h"
#include "economics/economics_metrics.h"
#include "economics/memo_store.h"
#include "economics/supply_audit.h"
#include "economics/tables.h"
#include "http/call.h"
#include "http/own_did.h"
#include "http/paging.h"
#include "ledger/api/writer.h"

namespace icn::economics {

// What the endpoints of economics work with.
struct Api {
  const ledger::Ledger& ledger;
  ledger::Writer& writer;
  const http::Cursors& cursors;
  const Clock& clock;
  EconomicsMetrics& metrics;
  SupplyAudit& audit;
  MemoStore* memos = nullptr;  // none: a transfer with a memo is refused
  const http::KeptDids* kept_dids = nullptr;
};

// The moment a read answers for: now, but never before the newest block.
TimestampSecs read_time(const Api& api);

// account_at() now.   I001, unsupported_did_method
Result<AccountNow> account_now(const Api& api, const ledger::Reader& state, const Did& did);

// Whose account a read asks for: `did`, else the caller's only one.   malformed: it has not exactly one
Result<Did> account_meant(const Api& api, const http::Call& call, const std::optional<Did>& did);

}  // namespace icn::economics
