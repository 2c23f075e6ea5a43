#pragma once

#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "config/settings.h"
#include "crypto/ed25519.h"
#include "ledger/rules.h"

namespace icn::node {

struct DepartureParts {
  const config::Settings& settings;  // as in force: of the network it becomes
  const ledger::Rules& rules;
  const crypto::SecretKey& node_key;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
};

// The first block of a node that left its federation ("federation.depart"), before its ledger is opened for
// anything else; then the engine's files are moved aside, for another federation's would clash with them.
// Nothing happens when that was done before. Errors: of the store; what the ledger says when the organisation
// is a member still.
Result<void> depart(const DepartureParts& parts);

}  // namespace icn::node
