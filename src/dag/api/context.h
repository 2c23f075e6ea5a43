#pragma once

#include <functional>

#include "base/housekeeper.h"
#include "dag/access.h"
#include "dag/meter.h"
#include "dag/pruner.h"
#include "dag/uploads.h"
#include "http/call.h"
#include "http/paging.h"
#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::dag {

// What the endpoints of the DAG work with. Made by Dag (dag.h).
struct Api {
  BlockStore& blocks;
  const Access& access;
  Uploads& uploads;
  Meter& meter;
  Pruner& pruner;
  Housekeeper& housekeeper;
  const ledger::Ledger& ledger;
  const ledger::Custody& custody;
  const http::Cursors& cursors;
  const Clock& clock;
  telemetry::Counter& put_count;
  telemetry::Counter& get_count;
  telemetry::Histogram& prune_time;
  Did node_did;
  std::uint64_t file_bytes_max = 0;
  bool has_gateway = true;
  std::function<void(const Cid&)> announce = {};  // told of new public roots; may be empty. Any thread
  bool is_follower = false;                       // another node writes: what is counted stands in the store
};

namespace api {

// Whom a request acts as: `named`, which the caller must be allowed to be; else the first DID of its
// credentials, else (operator) the node.   forbidden
Result<Did> acting_did(const Api& api, const http::Caller& caller, const std::optional<Did>& named);

Result<Cid> cid_parameter(const http::Request& request);
// A flag of the query; absent: `fallback`.   malformed
Result<bool> flag_parameter(const http::Request& request, std::string_view name, bool fallback);
// `visibility` of the query; absent: private.   malformed
Result<Visibility> visibility_parameter(const http::Request& request);

}  // namespace api
}  // namespace icn::dag
