#pragma once

#include <functional>

#include "dag/texts.h"
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

// For reasons and evidence of `author`, who acts: public blocks.
dag::Texts texts_of(const Api& api, const http::Call& call, Did author);

}  // namespace api
}  // namespace icn::reputation
