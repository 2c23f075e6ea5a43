#include "governance/tx/delegate.h"

#include <set>

#include "base/errors.h"
#include "economics/tx/transfer.h"
#include "governance/delegations.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/tally/delegation.h"

namespace icn::governance {
namespace {

void tell(const Delegation& delegation, std::vector<ledger::Event>& events) {
  events.push_back({std::string(kDelegationEvent), codec::write_json(codec::Json::object(
                                                       {{"delegation_id", delegation.id},
                                                        {"from", delegation.from.text()},
                                                        {"to", delegation.to.text()},
                                                        {"revoked", delegation.revoked_secs.has_value()}}))});
}

// Whose members both must be: of its proposal's scope, of its own, or, where it is for all, of the network's.
Result<std::string> acting_scope(const ledger::View& view, const Delegation& made) {
  if (!made.proposal_id) return made.scope.empty() ? kLocalScope : made.scope;
  ICN_TRY_ASSIGN(proposal, load_proposal(view, *made.proposal_id));
  if (!made.scope.empty() && made.scope != proposal.scope)
    return Error(kInvalidDelegation, "the proposal is of scope " + proposal.scope);
  return proposal.scope;
}

Result<void> check_members(const ledger::ApplyContext& context, const ledger::View& view,
                           const std::string& scope, const Delegation& made) {
  ICN_TRY_ASSIGN(sender, load_member(view, scope, context.sender()));
  if (!sender || sender->status == MemberStatus::kDeparted)
    return Error(kNotMember, context.sender().text() + " is no member of " + scope);
  if (!is_active(*sender))
    return Error(kNotAuthorised, "the membership of " + context.sender().text() + " is " +
                                     std::string(codec::enum_name(sender->status)));
  ICN_TRY_ASSIGN(delegate, load_member(view, scope, made.to));
  if (!delegate || !may_vote(*delegate))
    return Error(kInvalidDelegation, made.to.text() + " may not vote in " + scope);
  return {};
}

Result<std::uint64_t> valid_until_of(const ledger::ApplyContext& context,
                                     const std::optional<TimestampSecs>& asked) {
  const std::uint64_t last = context.block.running_secs() +
                             static_cast<std::uint64_t>(context.parameters().governance_delegation_secs);
  if (!asked) return last;
  if (*asked <= context.block.time) return Error(kInvalidDelegation, "valid_until: has passed already");
  const std::uint64_t wanted = *asked - context.block.standstill_secs;
  if (wanted > last)
    return Error(kInvalidDelegation, "valid_until: at most " +
                                         std::to_string(last + context.block.standstill_secs) +
                                         ", when a delegation lapses");
  return wanted;
}

bool is_same_subject(const Delegation& one, const Delegation& other) {
  const auto as_set = [](const std::vector<std::string>& list) {
    return std::set<std::string>(list.begin(), list.end());
  };
  return one.scope == other.scope && one.proposal_id == other.proposal_id &&
         as_set(one.categories) == as_set(other.categories);
}

// Ends the one it replaces.
Result<void> make_room(const ledger::ApplyContext& context, ledger::View& view, const Delegation& made) {
  const std::uint64_t now = context.block.running_secs();
  ICN_TRY(end_lapsed(view, made.from, now));
  ICN_TRY_ASSIGN(existing, delegations_of(view, made.from, now));
  std::size_t count = existing.size();
  for (Delegation& each : existing) {
    if (!is_same_subject(each, made)) continue;
    each.revoked_secs = now;
    ICN_TRY(kDelegations.put(view, each.id, each));
    tell(each, context.events);
    --count;
  }
  if (count < kDelegationsMax) return {};
  return Error(kTooManyDelegations, "at most " + std::to_string(kDelegationsMax) + " may be in force");
}

Result<std::uint64_t> carried_max_of(const ledger::ApplyContext& context, const ledger::View& view,
                                     const std::string& scope) {
  ICN_TRY_ASSIGN(row, load_scope(view, scope));
  return tally::carried_max(row.voters,
                            static_cast<std::uint64_t>(context.parameters().governance_delegation_cap_ppm),
                            static_cast<std::uint64_t>(context.parameters().governance_delegation_cap_min));
}

}  // namespace

Result<void> MakeDelegation::check(const ledger::Transaction& transaction, const Body& body) {
  if (body.to == transaction.sender) return Error(kInvalidDelegation, "nobody delegates to themselves");
  if (body.scope) ICN_TRY(parse_scope(*body.scope));
  for (const std::string& category : body.categories) {
    if (auto known = codec::from_json<ProposalCategory>(codec::Json(category)); !known.ok())
      return known.error().within("categories");
  }
  return {};
}

Result<void> MakeDelegation::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<MakeDelegation::Output> MakeDelegation::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  const std::uint64_t now = context.block.running_secs();
  Delegation made;
  made.id = economics::short_id("de_", context.transaction);
  made.from = context.sender();
  made.to = body.to;
  made.scope = body.scope.value_or("");
  made.categories = body.categories;
  made.proposal_id = body.proposal_id;
  ICN_TRY_ASSIGN(scope, acting_scope(view, made));
  ICN_TRY(check_members(context, view, scope, made));
  ICN_TRY_ASSIGN(valid_until, valid_until_of(context, body.valid_until));
  made.created_secs = now;
  made.valid_until_secs = valid_until;
  made.created_at = context.block.time;
  made.transaction.bytes = to_bytes(context.transaction.hash());
  made.key.bytes = to_bytes(context.transaction.verified_key().bytes);
  made.height = context.block.height;
  ICN_TRY(make_room(context, view, made));
  ICN_TRY(check_no_cycle(view, made, now));
  ICN_TRY_ASSIGN(carried_max, carried_max_of(context, view, scope));
  ICN_TRY(check_cap(view, made, scope, now, carried_max));
  ICN_TRY(kDelegations.put(view, made.id, made));
  tell(made, context.events);
  return Output{made.id, made.valid_until_secs + context.block.standstill_secs};
}

Result<void> RevokeDelegation::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> RevokeDelegation::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<RevokeDelegation::Output> RevokeDelegation::apply(const ledger::ApplyContext& context,
                                                         const Body& body, ledger::View& view) {
  ICN_TRY_ASSIGN(delegation, kDelegations.get(view, body.delegation_id));
  if (!delegation) return Error(kDelegationNotFound, "there is no delegation \"" + body.delegation_id + "\"");
  if (delegation->from != context.sender())
    return Error(kNotAuthorised, "only " + delegation->from.text() + " may revoke this delegation");
  if (!is_in_force(*delegation, context.block.running_secs()))
    return Error(kInvalidDelegation, "the delegation has ended already");
  delegation->revoked_secs = context.block.running_secs();
  ICN_TRY(kDelegations.put(view, delegation->id, *delegation));
  tell(*delegation, context.events);
  return Output{delegation->id, context.block.time};
}

}  // namespace icn::governance
