#include "registry/event_types.h"

#include <algorithm>

#include "credentials/operations.h"
#include "economics/balance_change.h"
#include "economics/penalties.h"
#include "federation/changes.h"
#include "governance/ballot_taking.h"
#include "governance/closing.h"
#include "governance/disputes.h"
#include "governance/emergencies.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/objections.h"
#include "governance/reminders.h"
#include "governance/tx/delegate.h"
#include "governance/tx/veto.h"
#include "governance/warning_signs.h"
#include "identity/guardianship.h"
#include "identity/operations.h"
#include "mesh/dispute.h"
#include "mesh/lifecycle.h"
#include "reputation/appeals.h"
#include "reputation/note.h"

namespace icn::registry {

std::vector<std::string> event_types() {
  std::vector<std::string> out;
  for (const std::string_view type : {identity::kDidChanged,
                                      identity::kRecoveryChanged,
                                      identity::kGuardiansChanged,
                                      credentials::kCredentialIssued,
                                      credentials::kCredentialStatusChanged,
                                      economics::kPenaltyEvent,
                                      reputation::kReputationEvent,
                                      reputation::kAppealEvent,
                                      governance::kMemberEvent,
                                      governance::kStatusEvent,
                                      governance::kVoteEvent,
                                      governance::kExtendedEvent,
                                      governance::kRevealEvent,
                                      governance::kReminderEvent,
                                      governance::kDelegationEvent,
                                      governance::kVetoEvent,
                                      governance::kObjectionEvent,
                                      governance::kEmergencyEvent,
                                      governance::kEmergencySignEvent,
                                      governance::kDisputeEvent,
                                      mesh::kJobStatusChanged,
                                      mesh::kJobEffectsOpened,
                                      mesh::kJobEffectsApplied,
                                      mesh::kJobDisputed,
                                      federation::kChangeEvent,
                                      federation::kNewPeerEvent,
                                      economics::kBalanceEvent,
                                      std::string_view("JobProgressUpdated"),
                                      std::string_view("CheckpointSigned"),
                                      std::string_view("NetworkEvent"),
                                      std::string_view("Gap")}) {
    out.emplace_back(type);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace icn::registry
