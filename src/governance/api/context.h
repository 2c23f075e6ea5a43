#pragma once

#include <functional>
#include <optional>

#include "dag/block_store.h"
#include "dag/salted_text.h"
#include "governance/ballot_trees.h"
#include "governance/governance_metrics.h"
#include "governance/live_counts.h"
#include "governance/warning_signs.h"
#include "http/call.h"
#include "http/own_did.h"
#include "http/paging.h"
#include "ledger/api/writer.h"
#include "ledger/ledger.h"

namespace icn::governance {

// What the endpoints of /governance work with.
struct Api {
  const ledger::Ledger& ledger;
  ledger::Writer& writer;
  const http::Cursors& cursors;
  const Clock& clock;
  Random& random;
  dag::BlockStore& blocks;
  std::function<void(const codec::Cid&)> announce;  // tells peers that this node has a public block
  Did node_did;
  const crypto::SecretKey& node_key;
  GovernanceMetrics& metrics;
  std::shared_ptr<BallotTrees> trees = std::make_shared<BallotTrees>();
  std::shared_ptr<LiveCounts> counts = std::make_shared<LiveCounts>();
  const WarningSigns* signs = nullptr;  // null: this node follows another, which looks
};

namespace api {

// Keeps a text of `author` as a public block; it is stored a moment later (dag/put_soon.h). Errors of the
// block's form.
Result<codec::Cid> keep_block(const Api& api, const http::Call& call, const Did& author, Bytes bytes);
// The same of what somebody says in their own words, salted, once it is known that the caller may act as
// `author`. Errors of ledger::Custody::key_for() too.
Result<codec::Cid> keep_text(const Api& api, const http::Call& call, const Did& author,
                             const std::string& text);

// Where a transaction would run now. Borrows `published`.
struct Moment {
  std::shared_ptr<const ledger::Published> published;
  ledger::BlockContext block;
};
Result<Moment> moment_of(const Api& api, const ledger::Reader& state);

// The id of the path, which a signed body must name as `member`.   malformed
Result<void> path_matches(const http::Request& request, const codec::Json& transaction,
                          std::string_view member);

}  // namespace api
}  // namespace icn::governance
