#include "governance/founding.h"

#include "economics/accounts.h"
#include "governance/errors.h"
#include "governance/scope.h"

namespace icn::governance {
namespace {

std::string reference_of(const std::string& scope) { return "founding of " + scope; }

Result<bool> is_organisation(const std::string& scope) {
  ICN_TRY_ASSIGN(kind, parse_scope(scope));
  return kind == ScopeKind::kLocal;
}

}  // namespace

Result<void> check_founders(const ledger::BlockContext& block, const std::string& scope,
                            std::size_t founders) {
  ICN_TRY_ASSIGN(is_one, is_organisation(scope));
  const auto least =
      static_cast<std::uint64_t>(is_community(scope) ? block.parameters->governance_community_founders_min
                                                     : block.parameters->governance_founders_min);
  if (!is_one || founders >= least) return {};
  return Error(kTooFewFounders, "members: " + scope + " is founded by " + std::to_string(least) +
                                    " at least, not by " + std::to_string(founders));
}

Result<void> lock_founding_stake(const ledger::BlockContext& block, ledger::View& view,
                                 const std::string& scope, const std::vector<Did>& founders,
                                 std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(is_one, is_organisation(scope));
  const std::int64_t stake = block.parameters->economics_founding_stake;
  if (!is_one || stake == 0) return {};
  const auto count = static_cast<std::int64_t>(founders.size());
  Founding founding;
  founding.scope = scope;
  founding.at = block.time;
  founding.free_secs =
      block.running_secs() + static_cast<std::uint64_t>(block.parameters->economics_founding_secs);
  for (const Did& did : founders) {
    const bool is_first = founding.stakes.empty();
    const Millimana part{stake / count + (is_first ? stake % count : 0)};
    ICN_TRY(economics::lock(block, view, &events, did, part, reference_of(scope)));
    founding.stakes.push_back({did, part});
  }
  ICN_TRY(ledger::schedule(view, block, founding.free_secs, kFoundingDue, scope));
  return kFoundings.put(view, scope, founding);
}

Result<void> run_founding_due(const ledger::BlockContext& block, const std::string& scope, ledger::View& view,
                              std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(founding, kFoundings.get(view, scope));
  if (!founding) return Error(kBroken, "there is no founding of " + scope);
  for (const FoundingStake& each : founding->stakes)
    ICN_TRY(economics::release(block, view, &events, each.did, each.amount, reference_of(scope)));
  founding->stakes.clear();
  return kFoundings.put(view, scope, *founding);
}

}  // namespace icn::governance
