#pragma once

#include <vector>

#include "credentials/operations.h"
#include "credentials/tx/anchor_disclosure.h"
#include "credentials/tx/change_status.h"
#include "credentials/tx/issue.h"
#include "crypto/key_text.h"
#include "economics/conservation.h"
#include "economics/economy.h"
#include "economics/tx/contest.h"
#include "economics/tx/grant.h"
#include "economics/tx/transfer.h"
#include "economics/tx/vouch.h"
#include "governance/operations.h"
#include "governance/tables.h"
#include "governance/tx/amend.h"
#include "governance/tx/cast_vote.h"
#include "governance/tx/declare_emergency.h"
#include "governance/tx/delegate.h"
#include "governance/tx/dispute.h"
#include "governance/tx/enroll.h"
#include "governance/tx/judge_objection.h"
#include "governance/tx/propose.h"
#include "governance/tx/reveal_vote.h"
#include "governance/tx/veto.h"
#include "identity/key_resolver.h"
#include "identity/operations.h"
#include "identity/tables.h"
#include "identity/tx/create_did.h"
#include "identity/tx/rotate_key.h"
#include "ledger/rules.h"
#include "ledger/state.h"
#include "reputation/appeals.h"

// The rules and tables of a ledger of members, proposals and mana, for tests.
namespace icn::governance::testing {

inline ledger::Rules rules() {
  using ledger::make_transaction_type;
  std::vector<ledger::TransactionType> types{
      make_transaction_type<identity::CreateDid>(20, "identity.create", false, ""),
      make_transaction_type<identity::RotateKey>(21, "identity.rotate", false, ""),
      make_transaction_type<credentials::IssueCredential>(25, "credential.issue", false, ""),
      make_transaction_type<credentials::ChangeCredentialStatus>(26, "credential.revoke", false, ""),
      make_transaction_type<credentials::AnchorDisclosure>(27, "credential.anchor", false, ""),
      make_transaction_type<economics::Transfer>(40, "economics.transfer", false, ""),
      make_transaction_type<economics::Grant>(41, "economics.grant", false, ""),
      make_transaction_type<economics::VouchFor>(43, "economics.vouch", false, ""),
      make_transaction_type<economics::ContestPenalty>(44, "economics.contest_penalty", false, ""),
      make_transaction_type<Enroll>(120, "governance.enroll", false, ""),
      make_transaction_type<Leave>(121, "governance.leave", false, ""),
      make_transaction_type<Propose>(122, "governance.propose", false, ""),
      make_transaction_type<Sponsor>(123, "governance.sponsor", false, ""),
      make_transaction_type<Amend>(124, "governance.amend", false, ""),
      make_transaction_type<Cancel>(125, "governance.cancel", false, ""),
      make_transaction_type<Advance>(126, "governance.advance", false, ""),
      make_transaction_type<Veto>(127, "governance.veto", false, ""),
      make_transaction_type<DeclareEmergency>(128, "governance.declare_emergency", false, ""),
      make_transaction_type<OpenDispute>(129, "governance.open_dispute", false, ""),
      make_transaction_type<AddEvidence>(136, "governance.add_evidence", false, ""),
      make_transaction_type<ResolveDispute>(137, "governance.resolve_dispute", false, ""),
      make_transaction_type<CastVote>(130, "governance.vote", false, ""),
      make_transaction_type<CommitVote>(131, "governance.commit", false, ""),
      make_transaction_type<RevealVote>(132, "governance.reveal", false, ""),
      make_transaction_type<MakeDelegation>(133, "governance.delegate", false, ""),
      make_transaction_type<RevokeDelegation>(134, "governance.revoke_delegation", false, ""),
      make_transaction_type<JudgeObjection>(135, "governance.judge_objection", false, "")};
  std::vector<ledger::Invariant> held = invariants();
  held.push_back(economics::conservation_invariant());
  for (const ledger::Invariant& each : credentials::invariants()) held.push_back(each);
  std::vector<ledger::DueHandler> due = due_handlers();
  for (const ledger::DueHandler& each : economics::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : credentials::due_handlers()) due.push_back(each);
  for (const ledger::DueHandler& each : reputation::due_handlers()) due.push_back(each);
  return ledger::Rules{ledger::TransactionTypes(std::move(types)),
                       std::move(due),
                       std::move(held),
                       {&economics::genesis_step},
                       &identity::resolve_key,
                       economics::economy()};
}

inline std::vector<storage::TableSchema> all_tables() {
  storage::TableSet set;
  for (const auto& table : economics::tables()) set.add(table);
  for (const auto& table : ledger::own_tables()) set.add(table);
  for (const auto& table : identity::tables()) set.add(table);
  for (const auto& table : credentials::tables()) set.add(table);
  for (const auto& table : reputation::tables()) set.add(table);
  for (const auto& table : tables()) set.add(table);
  return set.schemas();
}

}  // namespace icn::governance::testing
