#include "governance/members.h"

#include <algorithm>

#include "economics/accounts.h"
#include "economics/economy.h"
#include "economics/errors.h"
#include "economics/inputs.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/tables.h"
#include "ledger/state.h"
#include "reputation/score/record.h"

namespace icn::governance {
namespace {

// Scopes and DIDs hold no space.
std::string probation_id(const Member& member) { return member.scope + " " + member.did.text(); }

Error not_found(const std::string& scope, const Did& did) {
  return Error(kMemberNotFound, did.text() + " is no member of " + scope);
}

void tell(const Member& member, std::vector<ledger::Event>& events) {
  events.push_back({std::string(kMemberEvent),
                    codec::write_json(codec::Json::object({{"did", member.did.text()},
                                                           {"scope", member.scope},
                                                           {"status", codec::enum_name(member.status)},
                                                           {"voting", codec::enum_name(member.voting)}}))});
}

Result<Scope> scope_or_new(const ledger::BlockContext& block, ledger::View& view, const std::string& scope) {
  ICN_TRY_ASSIGN(stored, kScopes.get(view, scope));
  if (stored) return std::move(*stored);
  Scope made;
  made.scope = scope;
  made.created_at = block.time;
  made.pool = pool_of(block.network, scope);
  economics::Books books(block, view, nullptr);
  ICN_TRY(books.open(made.pool));
  ICN_TRY(books.finish());
  return made;
}

// What its members are to economics.
economics::Organisation kind_of(std::string_view scope) {
  using enum economics::Organisation;
  const auto kind = parse_scope(scope);
  if (kind.ok() && *kind == ScopeKind::kFederation) return kFederation;
  if (!kind.ok() || *kind != ScopeKind::kLocal) return kNone;
  return is_community(scope) ? kCommunity : kCooperative;
}

// Writes a member that changed and keeps its scope's counts.
Result<void> put(const ledger::BlockContext& block, ledger::View& view, const std::optional<Member>& before,
                 Member after) {
  after.changed_at = block.time;
  ICN_TRY_ASSIGN(scope, scope_or_new(block, view, after.scope));
  scope.members += is_active(after) ? 1 : 0;
  scope.members -= before && is_active(*before) ? 1 : 0;
  scope.voters += may_vote(after) ? 1 : 0;
  scope.voters -= before && may_vote(*before) ? 1 : 0;
  ICN_TRY(kScopes.put(view, scope.scope, scope));
  const VoterState voter_before{before && may_vote(*before), before ? before->weight : 1};
  ICN_TRY(note_voter(view, after.scope, after.did, voter_before, {may_vote(after), after.weight}));
  if (voter_before.may_vote != may_vote(after)) {
    ICN_TRY(reputation::note_voter(view, after.scope, after.did, may_vote(after)));
    ICN_TRY(economics::mark_inputs_changed(view, after.did));
  }
  if ((before && is_active(*before)) != is_active(after))
    ICN_TRY(economics::set_membership(view, after.did, after.scope, kind_of(after.scope), is_active(after)));
  return kMembers.put(view, {after.scope, after.did}, after);
}

Result<void> end_probation_row(ledger::View& view, Member& member) {
  if (member.probation_ends_secs == 0) return {};
  ICN_TRY(ledger::unschedule(view, member.probation_ends_secs, kProbationDue, probation_id(member)));
  member.probation_ends_secs = 0;
  return {};
}

Result<void> take_roles(ledger::View& view, Member& member) {
  for (const std::string& role : member.roles)
    ICN_TRY(kRoleHolders.erase(view, {member.scope, role, member.did}));
  member.roles.clear();
  return {};
}

// Members of an organisation get the start grant, given in its name.
Result<void> pay_start_grant(const ledger::BlockContext& block, ledger::View& view, const Member& member,
                             std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(kind, parse_scope(member.scope));
  if (kind != ScopeKind::kLocal) return {};
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
  const Did organization =
      organization_of(member.scope).value_or(network ? network->operator_did : member.did);
  economics::Books books(block, view, &events);
  const auto granted = economics::pay_start_grant(
      books, block, view, {organization, member.did, "membership of " + member.scope});
  if (granted.ok()) return books.finish();
  const bool is_no_matter =
      granted.error().is(economics::kAlreadyGranted) || granted.error().is(economics::kGrantsUsedUp);
  return is_no_matter ? Result<void>() : Result<void>(granted.error());
}

Result<Member> load_existing(const ledger::Reader& state, const std::string& scope, const Did& did) {
  ICN_TRY_ASSIGN(member, load_member(state, scope, did));
  if (!member || member->status == MemberStatus::kDeparted) return not_found(scope, did);
  return std::move(*member);
}

}  // namespace

Result<std::optional<Member>> load_member(const ledger::Reader& state, const std::string& scope,
                                          const Did& did) {
  return kMembers.get(state, {scope, did});
}

Result<Scope> load_scope(const ledger::Reader& state, const std::string& scope) {
  ICN_TRY_ASSIGN(found, kScopes.get(state, scope));
  if (!found) return Error(kScopeNotFound, "nobody is a member of scope \"" + scope + "\"");
  return std::move(*found);
}

Result<std::string> network_scope(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(state, "network"));
  if (!network) return kLocalScope;
  const std::string of_all = federation_scope(network->network);
  ICN_TRY_ASSIGN(scope, kScopes.get(state, of_all));
  return scope && scope->members > 1 ? of_all : kLocalScope;
}

Result<void> check_network_scope(const ledger::Reader& state, const std::string& scope) {
  ICN_TRY_ASSIGN(decides, network_scope(state));
  if (scope == decides) return {};
  return Error(kWrongScope,
               "this concerns the whole network: it is decided in scope " + decides + ", not in " + scope);
}

Result<void> check_protocol_scope(const ledger::Reader& state, const Proposal& proposal) {
  ICN_TRY_ASSIGN(decides, network_scope(state));
  if (decides == kLocalScope) return check_network_scope(state, proposal.scope);
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(state, "network"));
  const std::string of_validators = validators_scope(network ? network->network : "");
  if (proposal.scope == of_validators) return {};
  return Error(kWrongScope, "this changes the protocol: the validators decide it, in scope " + of_validators +
                                ", not in " + proposal.scope);
}

Result<void> check_own_members(const ledger::Reader& state, const std::string& scope) {
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(state, "network"));
  if (scope.starts_with("validators:"))
    return Error(kWrongScope,
                 "the members of " + scope + " come and go with the validators of the federation");
  if (!network || scope != federation_scope(network->network)) return {};
  return Error(kWrongScope, "the members of " + scope +
                                " are the organisations of the federation: they come and go "
                                "by joining and leaving it");
}

Result<Member> require_full_member(const ledger::Reader& state, const std::string& scope, const Did& did) {
  ICN_TRY_ASSIGN(member, load_member(state, scope, did));
  if (!member || member->status == MemberStatus::kDeparted)
    return Error(kNotMember, did.text() + " is no member of " + scope);
  if (!may_vote(*member)) {
    const std::string_view why =
        is_active(*member) ? codec::enum_name(member->voting) : codec::enum_name(member->status);
    return Error(kNotAuthorised, "the membership of " + did.text() + " is " + std::string(why));
  }
  return std::move(*member);
}

Result<void> keeps_a_voter(const ledger::Reader& state, const Member& member) {
  if (!may_vote(member)) return {};
  ICN_TRY_ASSIGN(scope, load_scope(state, member.scope));
  if (scope.voters > 1) return {};
  return Error(kLastVoter, member.did.text() + " is the only one who may vote in " + member.scope);
}

Result<void> admit(const ledger::BlockContext& block, ledger::View& view, const Admission& admission,
                   std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(before, load_member(view, admission.scope, admission.did));
  if (before && is_active(*before))
    return Error(kMemberExists, admission.did.text() + " is a member of " + admission.scope);
  const bool is_reinstated = before && before->status == MemberStatus::kSuspended;
  Member member = before ? *before : Member{};
  member.did = admission.did;
  member.scope = admission.scope;
  member.status = MemberStatus::kActive;
  if (!is_reinstated) {
    member.joined_at = block.time;
    member.sponsor = admission.sponsor;
  }
  member.voting = VotingStatus::kActive;
  member.tier = Tier::kFull;
  const ledger::Parameters& parameters = *block.parameters;
  const std::int64_t probation_secs = is_community(admission.scope)
                                          ? parameters.governance_community_probation_secs
                                          : parameters.governance_probation_secs;
  if (admission.on_probation && !is_reinstated && probation_secs > 0) {
    member.voting = VotingStatus::kProbationary;
    member.tier = Tier::kProbationary;
    member.probation_ends_secs = block.running_secs() + static_cast<std::uint64_t>(probation_secs);
    ICN_TRY(ledger::schedule(view, block, member.probation_ends_secs, kProbationDue, probation_id(member)));
  }
  if (is_reinstated && std::ranges::find(member.roles, kEmeritus) != member.roles.end()) {
    member.voting = VotingStatus::kEmeritus;
    member.tier = Tier::kEmeritus;
  }
  ICN_TRY(put(block, view, before, member));
  tell(member, events);
  for (const std::string& role : admission.roles)
    ICN_TRY(grant_role(block, view, admission.scope, admission.did, role, admission.proposal_id));
  return pay_start_grant(block, view, member, events);
}

Result<void> note_applicant(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                            const Did& did, const Did& sponsor) {
  ICN_TRY_ASSIGN(before, load_member(view, scope, did));
  if (before && is_active(*before)) return Error(kMemberExists, did.text() + " is a member of " + scope);
  if (before && before->status == MemberStatus::kPending)
    return Error(kMemberState, did.text() + " is an applicant of another proposal");
  if (before && before->status == MemberStatus::kSuspended) return {};  // to be reinstated
  Member applicant;
  applicant.did = did;
  applicant.scope = scope;
  applicant.status = MemberStatus::kPending;
  applicant.sponsor = sponsor;
  return put(block, view, before, applicant);
}

Result<void> forget_applicant(ledger::View& view, const std::string& scope, const Did& did) {
  ICN_TRY_ASSIGN(member, load_member(view, scope, did));
  if (!member || member->status != MemberStatus::kPending) return {};
  return kMembers.erase(view, {scope, did});
}

Result<void> suspend(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                     const Did& did, std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(before, load_existing(view, scope, did));
  if (!is_active(before)) return Error(kMemberState, did.text() + " is not an active member of " + scope);
  ICN_TRY(keeps_a_voter(view, before));
  Member after = before;
  ICN_TRY(end_probation_row(view, after));
  after.status = MemberStatus::kSuspended;
  after.voting = VotingStatus::kSuspended;
  ICN_TRY(put(block, view, before, after));
  tell(after, events);
  return {};
}

Result<void> depart(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                    const Did& did, std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(before, load_existing(view, scope, did));
  if (before.status == MemberStatus::kPending)
    return Error(kMemberState, did.text() + " is an applicant of " + scope + ", not a member");
  Member after = before;
  ICN_TRY(end_probation_row(view, after));
  ICN_TRY(take_roles(view, after));
  after.status = MemberStatus::kDeparted;
  after.voting = VotingStatus::kSuspended;
  after.weight = 1;
  ICN_TRY(put(block, view, before, after));
  tell(after, events);
  return {};
}

bool is_role_name(std::string_view role) {
  if (role.empty() || role.size() > 64) return false;
  return std::ranges::all_of(
      role, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

Result<void> grant_role(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                        const Did& did, const std::string& role, const std::string& proposal_id) {
  ICN_TRY_ASSIGN(before, load_existing(view, scope, did));
  if (!is_active(before)) return Error(kMemberState, did.text() + " is not an active member of " + scope);
  if (std::ranges::find(before.roles, role) != before.roles.end())
    return Error(kMemberState, did.text() + " has the role " + role + " already");
  if (before.roles.size() >= kRolesMax)
    return Error(kMemberState,
                 did.text() + " has " + std::to_string(kRolesMax) + " roles, the most there may be");
  Member after = before;
  after.roles.push_back(role);
  std::ranges::sort(after.roles);
  if (role == kEmeritus) {
    ICN_TRY(keeps_a_voter(view, before));
    ICN_TRY(end_probation_row(view, after));
    after.voting = VotingStatus::kEmeritus;
    after.tier = Tier::kEmeritus;
  }
  ICN_TRY(kRoleHolders.put(view, {scope, role, did}, {did, block.time, proposal_id}));
  return put(block, view, before, after);
}

Result<void> revoke_role(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                         const Did& did, const std::string& role) {
  ICN_TRY_ASSIGN(before, load_existing(view, scope, did));
  const auto found = std::ranges::find(before.roles, role);
  if (found == before.roles.end()) return Error(kMemberState, did.text() + " has no role " + role);
  Member after = before;
  after.roles.erase(after.roles.begin() + (found - before.roles.begin()));
  if (role == kEmeritus) {
    after.tier = Tier::kFull;
    if (is_active(before)) after.voting = VotingStatus::kActive;
  }
  ICN_TRY(kRoleHolders.erase(view, {scope, role, did}));
  return put(block, view, before, after);
}

Result<void> set_weight(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                        const Did& did, std::uint32_t weight) {
  ICN_TRY_ASSIGN(before, load_existing(view, scope, did));
  if (!is_active(before)) return Error(kMemberState, did.text() + " is not an active member of " + scope);
  Member after = before;
  after.weight = weight;
  return put(block, view, before, after);
}

Result<std::vector<Did>> holders_of(const ledger::Reader& state, const std::string& scope,
                                    const std::string& role) {
  ICN_TRY_ASSIGN(rows, kRoleHolders.scan(state, ledger::prefix_range(ledger::key_of(scope, role))));
  std::vector<Did> holders;
  while (true) {
    ICN_TRY_ASSIGN(holder, rows.next());
    if (!holder) return holders;
    holders.push_back(std::move(holder->did));
  }
}

Result<std::vector<Did>> acting_holders_of(const ledger::Reader& state, const std::string& scope,
                                           const std::string& role) {
  ICN_TRY_ASSIGN(all, holders_of(state, scope, role));
  std::vector<Did> out;
  for (Did& did : all) {
    ICN_TRY_ASSIGN(member, load_member(state, scope, did));
    if (member && may_vote(*member)) out.push_back(std::move(did));
  }
  return out;
}

Result<void> end_probation(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>& events) {
  const std::size_t space = id.find(' ');
  if (space == std::string::npos) return Error(kBroken, "a probation has no member: " + id);
  ICN_TRY_ASSIGN(before, load_existing(view, id.substr(0, space), Did(id.substr(space + 1))));
  Member after = before;
  after.probation_ends_secs = 0;
  after.voting = VotingStatus::kActive;
  after.tier = Tier::kFull;
  ICN_TRY(put(block, view, before, after));
  tell(after, events);
  return {};
}

}  // namespace icn::governance
