#include "federation/changes.h"

#include <algorithm>
#include <limits>

#include "federation/errors.h"
#include "federation/misconduct.h"
#include "federation/stake.h"
#include "ledger/view.h"

namespace icn::federation {
namespace {

Error no_member(const Did& organization) {
  return Error(kMemberNotFound, organization.text() + " is no member of the federation");
}

Result<void> check_admission(const ledger::Reader& state, const Change& change) {
  ICN_TRY_ASSIGN(is_member, kMembers.contains(state, change.organization));
  if (is_member) return Error(kMemberExists, change.organization.text() + " is a member already");
  ICN_TRY_ASSIGN(other, member_of_operator(state, change.operator_did));
  if (!other) return {};
  return Error(kOperatorTaken, change.operator_did.text() + " acts for " + other->organization.text());
}

Result<void> check_new_validator(const ledger::Reader& state, const Federation& federation,
                                 const Change& change) {
  ICN_TRY_ASSIGN(is_member, kMembers.contains(state, change.organization));
  if (!is_member) return no_member(change.organization);
  ICN_TRY_ASSIGN(validates, kValidators.contains(state, change.organization));
  if (validates)
    return Error(kValidatorExists, change.organization.text() + " has a validator; one an organisation");
  ICN_TRY_ASSIGN(
      same_key,
      kValidators.scan(state, ledger::prefix_range(ledger::key_of(change.validator->public_key.bytes), 0)));
  ICN_TRY_ASSIGN(other, same_key.next());
  if (other) return Error(kKeyTaken, "the key is that of " + other->organization.text());
  if (federation.validator_count >= kValidatorsMax)
    return Error(kTooManyValidators, "at most " + std::to_string(kValidatorsMax) + " validators may be");
  return {};
}

Result<void> check_removal(const ledger::Reader& state, const Federation& federation, const Change& change) {
  ICN_TRY_ASSIGN(is_member, kMembers.contains(state, change.organization));
  if (!is_member) return no_member(change.organization);
  ICN_TRY_ASSIGN(validates, kValidators.contains(state, change.organization));
  if (!validates && change.kind == ChangeKind::kRemoveValidator)
    return Error(kValidatorNotFound, change.organization.text() + " has no validator");
  if (validates && federation.validator_count == 1)
    return Error(kLastValidator, change.organization.text() + " has the only validator");
  return {};
}

void announce_peer(const ledger::ApplyContext& context, const Change& change, codec::Json::Object more) {
  codec::Json data = codec::Json::object({{"organization", change.organization.text()}});
  for (auto& [name, value] : more) data.set(name, std::move(value));
  context.events.push_back({std::string(kNewPeerEvent), codec::write_json(data)});
}

Result<void> apply_change(const ledger::ApplyContext& context, ledger::View& view, const Change& change) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  switch (change.kind) {
    case ChangeKind::kAdmitMember:
      return admit(context, view, change);
    case ChangeKind::kAddValidator: {
      ICN_TRY_ASSIGN(member, kMembers.get(view, change.organization));
      if (!member) return no_member(change.organization);
      ICN_TRY(put_validator(context.block, view, federation, *member, change.validator->public_key,
                            change.validator->peer, context.events));
      announce_peer(context, change, {{"peer", change.validator->peer}});
      return {};
    }
    case ChangeKind::kRemoveValidator:
      return erase_validator(context.block, view, federation, change.organization, context.events);
    case ChangeKind::kRemoveMember:
      return erase_member(context.block, view, federation, change.organization, context.events);
    case ChangeKind::kLiftPenalty:
      return lift_penalty(context.block, change.offence, view, context.events);
  }
  return {};
}

void announce(const ledger::ApplyContext& context, const Change& change, ChangeStatus status) {
  context.events.push_back({std::string(kChangeEvent), codec::write_json(codec::Json::object(
                                                           {{"change_id", change.id},
                                                            {"kind", codec::enum_name(change.kind)},
                                                            {"organization", change.organization.text()},
                                                            {"status", codec::enum_name(status)}}))});
}

ChangeResult result_of(const Change& change, ChangeStatus status, std::uint64_t approvals,
                       std::uint64_t needed, std::uint64_t validators) {
  return {change.id, status, approvals, needed, validators, faults_tolerated(validators)};
}

// Gives a new one its place among all.
Result<void> write_change(ledger::View& view, Change& change) {
  if (change.sequence == 0) {
    ICN_TRY_ASSIGN(federation, load_federation(view));
    change.sequence = ++federation.change_count;
    ICN_TRY(kFederation.put(view, kFederationKey, federation));
  }
  return kChanges.put(view, change.id, change);
}

}  // namespace

bool is_decided_by_vote(const Federation& federation, const Change& change) {
  return federation.policy == JoinPolicy::kVote && change.kind == ChangeKind::kAdmitMember;
}

ChangeStatus status_of(const Change& change, std::uint64_t running_secs) {
  if (change.applied_at) return ChangeStatus::kApplied;
  return running_secs < change.expires_secs ? ChangeStatus::kOpen : ChangeStatus::kExpired;
}

std::uint64_t count_approvals(const Change& change, const std::vector<Validator>& validators) {
  return static_cast<std::uint64_t>(std::ranges::count_if(validators, [&](const Validator& each) {
    return std::ranges::find(change.approvals, each.operator_did) != change.approvals.end();
  }));
}

Result<void> check_applies(const ledger::Reader& state, const Change& change) {
  ICN_TRY_ASSIGN(federation, load_federation(state));
  switch (change.kind) {
    case ChangeKind::kAdmitMember:
      return check_admission(state, change);
    case ChangeKind::kAddValidator:
      return check_new_validator(state, federation, change);
    case ChangeKind::kRemoveValidator:
    case ChangeKind::kRemoveMember:
      return check_removal(state, federation, change);
    case ChangeKind::kLiftPenalty:
      return check_penalty(state, change.offence);
  }
  return {};
}

Result<ChangeResult> approve(const ledger::ApplyContext& context, ledger::View& view, Change change,
                             const Did& operator_did) {
  ICN_TRY_ASSIGN(validators, load_validators(view));
  if (std::ranges::find(change.approvals, operator_did) == change.approvals.end())
    change.approvals.push_back(operator_did);
  const std::uint64_t approvals = count_approvals(change, validators);
  const std::uint64_t needed = approvals_needed(validators.size());
  if (approvals < needed) {
    ICN_TRY(write_change(view, change));
    announce(context, change, ChangeStatus::kOpen);
    return result_of(change, ChangeStatus::kOpen, approvals, needed, validators.size());
  }
  ICN_TRY(check_applies(view, change));
  ICN_TRY(apply_change(context, view, change));
  change.applied_at = context.block.time;
  ICN_TRY(write_change(view, change));
  announce(context, change, ChangeStatus::kApplied);
  ICN_TRY_ASSIGN(federation, load_federation(view));
  return result_of(change, ChangeStatus::kApplied, approvals, needed, federation.validator_count);
}

Result<ChangeResult> open_change(const ledger::ApplyContext& context, ledger::View& view, Change change) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  if (is_decided_by_vote(federation, change)) change.expires_secs = std::numeric_limits<std::int64_t>::max();
  ICN_TRY(write_change(view, change));
  announce(context, change, ChangeStatus::kOpen);
  return result_of(change, ChangeStatus::kOpen, 0, approvals_needed(federation.validator_count),
                   federation.validator_count);
}

Result<void> close_change(const ledger::ApplyContext& context, ledger::View& view, const std::string& id) {
  ICN_TRY_ASSIGN(change, kChanges.get(view, id));
  if (!change) return Error(kChangeNotFound, "there is no change \"" + id + "\"");
  change->applied_at = context.block.time;
  announce(context, *change, ChangeStatus::kApplied);
  return write_change(view, *change);
}

Change new_change(const ledger::ApplyContext& context, ChangeKind kind, const Did& organization) {
  Change change;
  change.id = "ch_" + hex_encode(ByteView(context.transaction.hash()).first(16));
  change.kind = kind;
  change.organization = organization;
  change.proposer = context.sender();
  change.proposed_at = context.block.time;
  change.expires_secs = context.block.running_secs() + kChangeLifetimeSecs;
  return change;
}

Result<void> admit(const ledger::ApplyContext& context, ledger::View& view, const Change& change) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  Member member;
  member.organization = change.organization;
  member.name = change.name;
  member.operator_did = change.operator_did;
  member.former_network = change.former_network;
  // Only who has signed for it locks mana.
  if (change.proposer == change.operator_did) {
    ICN_TRY_ASSIGN(stake, lock_stake(context, view, change.operator_did, change.organization));
    member.stake = stake;
  }
  ICN_TRY(put_member(context.block, view, federation, std::move(member), context.events));
  announce_peer(context, change, {{"name", change.name}, {"operator_did", change.operator_did.text()}});
  return {};
}

}  // namespace icn::federation
