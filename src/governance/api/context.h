#pragma once

#include <functional>
#include <optional>

#include "dag/texts.h"
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

// Where a transaction would run now. Borrows `published`.
struct Moment {
  std::shared_ptr<const ledger::Published> published;
  ledger::BlockContext block;
};
Result<Moment> moment_of(const Api& api, const ledger::Reader& state);

// For what `author`, who acts, says: public blocks.
dag::Texts texts_of(const Api& api, const http::Call& call, Did author);

// The id of the path, which a signed body must name as `member`.   malformed
Result<void> path_matches(const http::Request& request, const codec::Json& transaction,
                          std::string_view member);

}  // namespace api
}  // namespace icn::governance
