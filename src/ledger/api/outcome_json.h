#pragma once

#include "ledger/block.h"

namespace icn::ledger::api {

// {"ok":true,"output":{..}} or {"ok":false,"status","code","title","detail"}.
codec::Json outcome_json(const Outcome& outcome);

// The whole signed transaction as its sender sent it.
Result<codec::Json> transaction_json(const StoredTransaction& transaction);

}  // namespace icn::ledger::api
