#pragma once

#include "economics/accounts.h"
#include "economics/economics_metrics.h"
#include "economics/memo_store.h"
#include "economics/supply_audit.h"
#include "economics/tables.h"
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
};

// The moment a read answers for: now, but never before the newest block.
TimestampSecs read_time(const Api& api);

// account_at() now.   I001, unsupported_did_method
Result<AccountNow> account_now(const Api& api, const ledger::Reader& state, const Did& did);

}  // namespace icn::economics
