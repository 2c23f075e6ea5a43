#include "governance/tx/declare_emergency.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/accounts.h"
#include "economics/tx/transfer.h"
#include "governance/actions.h"
#include "governance/emergencies.h"
#include "governance/errors.h"
#include "governance/members.h"

namespace icn::governance {
namespace {

// What others have declared and waits for signatures.
Result<std::optional<Emergency>> find_declared(const ledger::Reader& state,
                                               const DeclareEmergency::Body& body) {
  ICN_TRY_ASSIGN(clock, emergency_clock(state, body.scope));
  for (const std::string& id : clock.active) {
    ICN_TRY_ASSIGN(emergency, load_emergency(state, id));
    if (emergency.state == EmergencyState::kDeclared && emergency.kind == body.kind)
      return std::optional<Emergency>(std::move(emergency));
  }
  return std::optional<Emergency>();
}

Result<Emergency> declared_now(const ledger::ApplyContext& context, const DeclareEmergency::Body& body,
                               ledger::View& view) {
  Emergency out;
  out.id = economics::short_id("em_", context.transaction);
  out.scope = body.scope;
  out.kind = body.kind;
  out.evidence = body.evidence_cid;
  out.declared_at = context.block.time;
  out.due_secs = context.block.running_secs() + static_cast<std::uint64_t>(std::max<std::int64_t>(
                                                    1, context.parameters().governance_emergency_pause_secs));
  out.stake = {context.parameters().governance_emergency_stake};
  if (out.stake.value > 0) {
    ICN_TRY(economics::lock(context.block, view, &context.events, context.sender(), out.stake,
                            "emergency " + out.id));
  }
  return out;
}

}  // namespace

Result<void> DeclareEmergency::check(const ledger::Transaction&, const Body& body) {
  ICN_TRY(parse_scope(body.scope));
  if (!body.evidence_cid.empty()) return {};
  return Error(errors::kMalformed, "evidence_cid: must name the block with the evidence");
}

Result<void> DeclareEmergency::precheck(const ledger::ApplyContext& context, const Body& body,
                                        const ledger::View& view) {
  ICN_TRY(check_network_scope(view, body.scope));
  ICN_TRY_ASSIGN(member, require_full_member(view, body.scope, context.sender()));
  if (std::ranges::find(member.roles, kCommittee) == member.roles.end())
    return Error(kNotAuthorised, context.sender().text() + " does not hold the role committee");
  ICN_TRY_ASSIGN(clock, emergency_clock(view, body.scope));
  const std::uint64_t free_secs =
      clock.last_ended_secs +
      static_cast<std::uint64_t>(context.parameters().governance_emergency_pause_secs);
  if (clock.last_ended_secs == 0 || context.block.running_secs() >= free_secs) return {};
  return Error(kEmergencyPaused, "emergency powers ended not long ago: not before " +
                                     std::to_string(free_secs + context.block.standstill_secs));
}

Result<DeclareEmergency::Output> DeclareEmergency::apply(const ledger::ApplyContext& context,
                                                         const Body& body, ledger::View& view) {
  ICN_TRY_ASSIGN(declared, find_declared(view, body));
  const Emergency before = declared.value_or(Emergency{});
  Emergency after = before;
  if (!declared) {
    ICN_TRY_ASSIGN(made, declared_now(context, body, view));
    after = std::move(made);
  }
  if (std::ranges::find(after.signatures, context.sender()) != after.signatures.end())
    return Error(kAlreadyDeclared);
  after.signatures.push_back(context.sender());
  ICN_TRY_ASSIGN(committee, acting_holders_of(view, body.scope, std::string(kCommittee)));
  ICN_TRY_ASSIGN(kind, parse_scope(body.scope));
  const std::uint64_t needed = emergency_signatures(kind == ScopeKind::kFederation, committee.size());
  const auto standing = std::ranges::count_if(
      after.signatures, [&](const Did& did) { return std::ranges::find(committee, did) != committee.end(); });
  if (static_cast<std::uint64_t>(standing) >= needed)
    ICN_TRY(start_emergency(context.block, view, after, context.events));
  ICN_TRY(save_emergency(context.block, view, before, after));
  Output out{after.id, after.state, static_cast<std::uint64_t>(standing), needed, {}};
  if (after.ends_secs != 0) out.ends_at = after.ends_secs + context.block.standstill_secs;
  return out;
}

}  // namespace icn::governance
