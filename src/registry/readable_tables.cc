#include "registry/readable_tables.h"

#include "consensus/cometbft/engine_state.h"
#include "credentials/tables.h"
#include "dag/tables.h"
#include "economics/capacity.h"
#include "economics/penalties.h"
#include "economics/shares.h"
#include "economics/vouching.h"
#include "federation/directory/profile.h"
#include "federation/directory/trust.h"
#include "federation/tables.h"
#include "governance/ballot_tables.h"
#include "governance/founding.h"
#include "governance/tables.h"
#include "identity/control.h"
#include "identity/guardianship.h"
#include "identity/tables.h"
#include "ledger/block.h"
#include "ledger/checkpoint.h"
#include "ledger/light_proof.h"
#include "ledger/pruning.h"
#include "ledger/restore.h"
#include "ledger/state.h"
#include "ledger/stuck_rows.h"
#include "mesh/run_notes.h"
#include "mesh/tables.h"
#include "reputation/appeals.h"
#include "reputation/attestations.h"

namespace icn::registry {
namespace {

void append(storage::ReadableTables& out, const storage::ReadableTables& more) {
  out.insert(more.begin(), more.end());
}

storage::ReadableTables of_ledger() {
  using namespace ledger;  // NOLINT(google-build-using-namespace): its tables only
  return storage::readable_tables(kParameters, kClock, kDue, kStuckRows, kNetwork, kOrder, kCheckpointClock,
                                  kCheckpoints, kTransactionPlaces, kHeaders, kCheckpointSummaries, kPruned,
                                  kRestoring, kAttestations);
}

storage::ReadableTables of_governance() {
  using namespace governance;  // NOLINT(google-build-using-namespace): its tables only
  return storage::readable_tables(kScopes, kMembers, kProposals, kParameterChanges, kRoleHolders,
                                  kOpenProposals, kSoftwareUpgrades, kAmendments, kFoundings, kApplications,
                                  kEmergencies, kEmergencyClocks, kDisputes, kDisputeVotes, kBallots,
                                  kDelegations, kVoters, kVotes, kBoxes, kBallotLog, kRevealLog, kCounts,
                                  kCountChunks, kVoterVersions, kObjections, kJudgements);
}

storage::ReadableTables of_federation() {
  using namespace federation;  // NOLINT(google-build-using-namespace): its tables only
  return storage::readable_tables(kFederation, kMembers, kOperators, kValidators, kChanges, kSpentTickets,
                                  kPeople, kOffences, kLeavingStakes, kFormerValidators, kFormerMembers,
                                  kCooperatives, kOfferings, kTrustEdges, kTrustCounts);
}

}  // namespace

storage::ReadableTables readable_tables() {
  storage::ReadableTables out = of_ledger();
  append(out, of_governance());
  append(out, of_federation());
  append(out, storage::readable_tables(identity::kDocuments, identity::kFormerVersions, identity::kKeyUses,
                                       identity::kOperations, identity::kCounts, identity::kControllers,
                                       identity::kGuardianships, identity::kRecoveries));
  append(out, storage::readable_tables(credentials::kSchemas, credentials::kCredentials,
                                       credentials::kStatusPages, credentials::kCredentialCounts,
                                       credentials::kDisclosures, credentials::kHoldings));
  append(out, storage::readable_tables(economics::kAccounts, economics::kEntries, economics::kSupply,
                                       economics::kGrantCount, economics::kMemberships,
                                       economics::kCapacities, economics::kCapacityTotals,
                                       economics::kVouches, economics::kPenalties, economics::kShares));
  append(out, storage::readable_tables(reputation::kStandings, reputation::kEvents, reputation::kPairs,
                                       reputation::kScopeVotes, reputation::kAppeals,
                                       reputation::kEndorsements, reputation::kAttestations));
  append(out, storage::readable_tables(mesh::kJobs, mesh::kOpenJobs, mesh::kBids, mesh::kJobCounts,
                                       mesh::kExecutors, mesh::kReads, mesh::kFrozen, mesh::kExecutorPlaces,
                                       mesh::kRunNotes));
  append(out, storage::readable_tables(consensus::kEngineNote, consensus::kEngineBlocks));
  append(out, storage::readable_tables(dag::kBlockMeta, dag::kPins, dag::kUploads, dag::kTotals, dag::kOwed));
  return out;
}

const std::vector<std::string>& bytes_only_tables() {
  static const std::vector<std::string> names{
      // Their transactions are JSON already; old rows are other tables' records.
      "ledger_bodies", "ledger_old_rows",
      // Content, and what is kept to serve it.
      "dag_blocks", "dag_references", "dag_readers", "dag_staged", "dag_awaited", "dag_tree_log", "dag_tree",
      "dag_charges", "credential_staged_blocks",
      // Of this node and its callers.
      "identity_custody", "identity_kept_for", "http_api_keys", "http_idempotency", "http_invitations",
      "ledger_kept_writes", "network_bans"};
  return names;
}

}  // namespace icn::registry
