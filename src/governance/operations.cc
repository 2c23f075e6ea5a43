#include "governance/operations.h"

#include <map>

#include "governance/closing.h"
#include "governance/disputes.h"
#include "governance/emergencies.h"
#include "governance/errors.h"
#include "governance/founding.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/tables.h"
#include "identity/guardianship.h"
#include "ledger/departure.h"
#include "ledger/state.h"

namespace icn::governance {
namespace {

Error broken(const std::string& what) { return Error(kBroken, what); }

template <typename Record>
Result<std::optional<Record>> decode(const std::optional<Bytes>& record) {
  if (!record) return std::optional<Record>();
  ICN_TRY_ASSIGN(decoded, codec::decode_record<Record>(*record));
  return std::optional<Record>(std::move(decoded));
}

struct Counts {
  std::uint64_t members = 0;
  std::uint64_t voters = 0;
};

Result<void> roles_have_rows(const ledger::View& view, const Member& member) {
  for (const std::string& role : member.roles) {
    ICN_TRY_ASSIGN(is_there, kRoleHolders.contains(view, {member.scope, role, member.did}));
    if (!is_there) return broken("a role of " + member.did.text() + " has no row");
  }
  return {};
}

Result<void> members_hold(const ledger::View& view, ledger::View::Savepoint savepoint) {
  std::map<std::string, Counts> changed;  // modulo 2^64: differences
  ICN_TRY(view.changes_since(
      savepoint, kMembers.schema(),
      [&](ByteView, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        ICN_TRY_ASSIGN(before, decode<Member>(old));
        ICN_TRY_ASSIGN(after, decode<Member>(now));
        if (!before && !after) return {};
        Counts& counts = changed[(after ? *after : *before).scope];
        counts.members += (after && is_active(*after) ? 1u : 0u);
        counts.members -= (before && is_active(*before) ? 1u : 0u);
        counts.voters += (after && may_vote(*after) ? 1u : 0u);
        counts.voters -= (before && may_vote(*before) ? 1u : 0u);
        if (!after) return {};
        const bool on_probation = is_active(*after) && after->voting == VotingStatus::kProbationary;
        if (on_probation != (after->probation_ends_secs != 0))
          return broken("the probation of " + after->did.text() + " has no end, or ended twice");
        return roles_have_rows(view, *after);
      }));
  ICN_TRY(view.changes_since(
      savepoint, kScopes.schema(),
      [&](ByteView, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        ICN_TRY_ASSIGN(before, decode<Scope>(old));
        ICN_TRY_ASSIGN(after, decode<Scope>(now));
        if (!after) return broken("a scope was removed");
        Counts& counts = changed[after->scope];
        counts.members -= after->members - (before ? before->members : 0);
        counts.voters -= after->voters - (before ? before->voters : 0);
        return {};
      }));
  for (const auto& [scope, counts] : changed) {
    if (counts.members != 0 || counts.voters != 0)
      return broken("scope " + scope + " does not count its members");
  }
  return {};
}

// What nobody may change once it was proposed.
bool is_same_proposal(const Proposal& before, const Proposal& after) {
  return before.id == after.id && before.proposer == after.proposer && before.scope == after.scope &&
         before.category == after.category && before.method == after.method &&
         before.created_at == after.created_at && before.revision <= after.revision;
}

Result<void> proposal_holds(const ledger::View& view, const std::optional<Proposal>& before,
                            const Proposal& after) {
  if (!is_open(after.state) && after.fee_escrow.value != 0) return broken("a decided proposal holds a fee");
  if (after.fee_escrow.value < 0) return broken("a proposal holds a negative fee");
  if (before && is_final(before->state) && codec::encode_record(*before) != codec::encode_record(after))
    return broken("a proposal changed after its end");
  if (before && !is_same_proposal(*before, after)) return broken("a proposal became another one");
  const std::uint64_t due = next_deadline(after);
  if (due != 0) {
    ICN_TRY_ASSIGN(is_due, ledger::kDue.contains(view, {due, std::string(kProposalDue), after.id}));
    if (!is_due) return broken("a proposal has no due row");
  }
  return {};
}

Result<void> proposals_hold(const ledger::View& view, ledger::View::Savepoint savepoint) {
  std::map<std::string, std::uint64_t> open;  // modulo 2^64: differences
  ICN_TRY(view.changes_since(
      savepoint, kProposals.schema(),
      [&](ByteView, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        ICN_TRY_ASSIGN(before, decode<Proposal>(old));
        ICN_TRY_ASSIGN(after, decode<Proposal>(now));
        if (!after && !before) return {};
        if (!after) {
          if (is_open(before->state)) --open[before->scope];
          return ledger::check_may_go(view, savepoint, "a proposal was removed");
        }
        std::uint64_t& count = open[after->scope];
        count += is_open(after->state) ? 1 : 0;
        count -= before && is_open(before->state) ? 1 : 0;
        return proposal_holds(view, before, *after);
      }));
  ICN_TRY(view.changes_since(
      savepoint, kScopes.schema(),
      [&](ByteView, const std::optional<Bytes>& old, const std::optional<Bytes>& now) -> Result<void> {
        ICN_TRY_ASSIGN(before, decode<Scope>(old));
        ICN_TRY_ASSIGN(after, decode<Scope>(now));
        if (after) open[after->scope] -= after->open_proposals - (before ? before->open_proposals : 0);
        return {};
      }));
  for (const auto& [scope, count] : open) {
    if (count != 0) return broken("scope " + scope + " does not count its open proposals");
  }
  return {};
}

}  // namespace

std::vector<storage::TableSchema> tables() {
  storage::TableSet set(kScopes, kMembers, kProposals, kParameterChanges, kRoleHolders, kOpenProposals,
                        kSoftwareUpgrades, kAmendments, kFoundings, kApplications, kEmergencies,
                        kEmergencyClocks, kDisputes, kDisputeVotes);
  for (const auto& table : ballot_tables()) set.add(table);
  return set.schemas();
}

std::vector<ledger::DueHandler> due_handlers() {
  std::vector<ledger::DueHandler> out{
      {kProposalDue, &run_proposal_due},   {kProbationDue, &end_probation},
      {kEmergencyDue, &run_emergency_due}, {kFoundingDue, &run_founding_due},
      {kDisputeDue, &run_dispute_due},     {identity::kFrozenDue, &run_frozen_due}};
  for (const ledger::DueHandler& each : ballot_due_handlers()) out.push_back(each);
  return out;
}

std::vector<ledger::Invariant> invariants() {
  std::vector<ledger::Invariant> out{{"governance.members", &members_hold},
                                     {"governance.proposals", &proposals_hold}};
  for (const ledger::Invariant& each : ballot_invariants()) out.push_back(each);
  return out;
}

std::vector<ledger::TableIndexer> indexers() {
  std::vector<ledger::TableIndexer> out{
      ledger::table_indexer<kMembers>(), ledger::table_indexer<kProposals>(),
      ledger::table_indexer<kEmergencies>(), ledger::table_indexer<kDisputes>()};
  for (const ledger::TableIndexer& each : ballot_indexers()) out.push_back(each);
  return out;
}

Result<void> welcome(const ledger::BlockContext& block, ledger::View& view, const Did& did) {
  const ledger::Parameters& parameters = *block.parameters;
  if (parameters.governance_open_membership == 0 || parameters.identity_quarantine_secs > 0) return {};
  ICN_TRY_ASSIGN(member, load_member(view, kLocalScope, did));
  if (member) return {};
  std::vector<ledger::Event> events;
  return admit(block, view, {kLocalScope, did, did, {}, "", false}, events);
}

}  // namespace icn::governance
