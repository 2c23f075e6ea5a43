#pragma once

#include <functional>

#include "dag/block_store.h"
#include "http/call.h"
#include "http/own_did.h"
#include "http/paging.h"
#include "ledger/api/writer.h"
#include "ledger/ledger.h"
#include "reputation/appeals.h"
#include "reputation/reputation_metrics.h"

namespace icn::reputation {

// What the endpoints of /reputation work with.
struct Api {
  const ledger::Ledger& ledger;
  ledger::Writer& writer;
  const http::Cursors& cursors;
  const Clock& clock;
  Random& random;
  dag::BlockStore& blocks;
  std::function<void(const codec::Cid&)> announce;  // tells peers that this node has a public block
  ReputationMetrics& metrics;
};

namespace api {

// Keeps a reason of `author` as a public block, salted so that nobody finds a withdrawn one by trying; it is
// stored a moment later.
Result<codec::Cid> keep_reason(const Api& api, const http::Call& call, const Did& author,
                               const std::string& text);

}  // namespace api
}  // namespace icn::reputation
