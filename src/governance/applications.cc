#include "governance/applications.h"

#include "governance/errors.h"
#include "governance/tables.h"

namespace icn::governance {

Result<std::optional<Application>> load_application(const ledger::Reader& state, const std::string& scope,
                                                    const Did& did) {
  return kApplications.get(state, {scope, did});
}

Result<void> apply_for_membership(const ledger::BlockContext& block, ledger::View& view,
                                  const std::string& scope, const Did& did) {
  ICN_TRY_ASSIGN(asks, kApplications.contains(view, {scope, did}));
  if (asks) return {};
  return kApplications.put(view, {scope, did}, {did, block.time, {}});
}

Result<void> check_undecided(const ledger::Reader& state, const std::string& scope, const Did& did) {
  ICN_TRY_ASSIGN(application, load_application(state, scope, did));
  if (!application)
    return Error(kMemberState, did.text() + " has not asked to belong to " + scope + " (federation.join)");
  if (!application->proposal_id) return {};
  return Error(kMemberState, did.text() + " was decided for by " + *application->proposal_id +
                                 ": it comes in when it joins again");
}

Result<void> accept_application(ledger::View& view, const std::string& scope, const Did& did,
                                const std::string& proposal_id) {
  ICN_TRY(check_undecided(view, scope, did));
  ICN_TRY_ASSIGN(application, load_application(view, scope, did));
  application->proposal_id = proposal_id;
  return kApplications.put(view, {scope, did}, *application);
}

Result<void> forget_application(ledger::View& view, const std::string& scope, const Did& did) {
  return kApplications.erase(view, {scope, did});
}

}  // namespace icn::governance
