#pragma once

#include <string>
#include <vector>

#include "governance/actions.h"
#include "governance/differences.h"

namespace icn::governance {

// Does the actions of a proposal that has passed, in their order, all of them or none: those of options that
// did not win are left out. Thread: the ledger's writer.
//   action_failed   which action, and why; nothing was changed, no event was told
Result<void> execute(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal,
                     std::vector<ledger::Event>& events);

struct Simulation {
  std::vector<Difference> diff;
  std::vector<std::string> errors;  // empty: it could be done now
};
// What the actions would do to `state` now, whatever options win. Changes nothing. Thread: any.
Result<Simulation> simulate(const ledger::BlockContext& block, const ledger::Reader& state,
                            const Proposal& proposal);

}  // namespace icn::governance
