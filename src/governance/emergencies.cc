#include "governance/emergencies.h"

#include <algorithm>

#include "base/assert.h"
#include "economics/accounts.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "governance/parameters.h"

namespace icn::governance {
namespace {

constexpr std::uint64_t kCaptureQuorumPpm = 670'000;
constexpr std::uint64_t kCaptureTimelockSecs = 172'800;
constexpr std::int64_t kOutageSecs = 259'200;

// What a kind does to one parameter: times, or the value itself.
struct Effect {
  EmergencyKind kind;
  std::string_view parameter;
  std::int64_t times;
  std::int64_t value;
};
constexpr std::array kEffects{
    Effect{EmergencyKind::kSybilStorm, "identity.create_fee", 10, 0},
    Effect{EmergencyKind::kSybilStorm, "identity.quarantine_secs", 0, 259'200},
    Effect{EmergencyKind::kEconomicDrain, "economics.emergency_ppm", 0, 100'000},
    Effect{EmergencyKind::kEconomicDrain, "economics.transfer_max", 0, 1'000'000},
    Effect{EmergencyKind::kAnomaly, "economics.emergency_ppm", 0, 250'000},
    Effect{EmergencyKind::kRegionalOutage, "identity.create_fee", 0, 0},
    Effect{EmergencyKind::kRegionalOutage, "identity.rotate_fee", 0, 0},
    Effect{EmergencyKind::kRegionalOutage, "governance.proposal_fee", 0, 0},
};

void tell(const Emergency& emergency, std::vector<ledger::Event>& events) {
  events.push_back({std::string(kEmergencyEvent),
                    codec::write_json(codec::Json::object({{"emergency_id", emergency.id},
                                                           {"scope", emergency.scope},
                                                           {"kind", codec::enum_name(emergency.kind)},
                                                           {"state", codec::enum_name(emergency.state)}}))});
}

bool is_on(EmergencyState state) {
  return state == EmergencyState::kDeclared || state == EmergencyState::kActive;
}

const ledger::ParameterRow& row_of(std::string_view name) {
  const auto rows = ledger::parameter_rows();
  const auto found = std::ranges::find(rows, name, &ledger::ParameterRow::name);
  ICN_ASSERT(found != rows.end());
  return *found;
}

// Two that gave one parameter back would leave it as one of them made it.
Result<void> check_apart(const ledger::View& view, const Emergency& emergency, const EmergencyClock& clock) {
  for (const std::string& id : clock.active) {
    if (id == emergency.id) continue;
    ICN_TRY_ASSIGN(other, load_emergency(view, id));
    if (other.state != EmergencyState::kActive) continue;
    const auto touches = [&](const ParameterOverride& each) {
      return std::ranges::any_of(kEffects, [&](const Effect& effect) {
        return effect.kind == emergency.kind && effect.parameter == each.name;
      });
    };
    if (other.kind == emergency.kind || std::ranges::any_of(other.overrides, touches))
      return Error(kEmergencyActive, other.id + " is on and changes the same");
  }
  return {};
}

Result<void> give_back_stake(const ledger::BlockContext& block, ledger::View& view, Emergency& emergency,
                             bool is_burned, std::vector<ledger::Event>& events) {
  if (emergency.stake.value == 0) return {};
  const Did& owner = emergency.signatures.front();
  const std::string reference = "emergency " + emergency.id;
  ICN_TRY(is_burned ? economics::slash(block, view, &events, owner, emergency.stake, reference)
                    : economics::release(block, view, &events, owner, emergency.stake, reference));
  emergency.stake = {};
  return {};
}

}  // namespace

Result<Emergency> load_emergency(const ledger::Reader& state, const std::string& id) {
  if (id.size() > kProposalIdBytesMax) return Error(kEmergencyNotFound);
  ICN_TRY_ASSIGN(found, kEmergencies.get(state, id));
  if (found) return std::move(*found);
  return Error(kEmergencyNotFound, "there is no emergency \"" + id + "\"");
}

Result<EmergencyClock> emergency_clock(const ledger::Reader& state, const std::string& scope) {
  ICN_TRY_ASSIGN(found, kEmergencyClocks.get(state, scope));
  return found.value_or(EmergencyClock{});
}

Result<void> save_emergency(const ledger::BlockContext& block, ledger::View& view, const Emergency& before,
                            const Emergency& after) {
  const std::uint64_t old_due = before.id.empty() ? 0 : before.due_secs;
  if (old_due != after.due_secs) {
    if (old_due != 0) ICN_TRY(ledger::unschedule(view, old_due, kEmergencyDue, after.id));
    if (after.due_secs != 0) ICN_TRY(ledger::schedule(view, block, after.due_secs, kEmergencyDue, after.id));
  }
  ICN_TRY_ASSIGN(clock, emergency_clock(view, after.scope));
  const auto listed = std::ranges::find(clock.active, after.id);
  if (is_on(after.state) && listed == clock.active.end()) clock.active.push_back(after.id);
  if (!is_on(after.state) && listed != clock.active.end()) clock.active.erase(listed);
  if (before.state == EmergencyState::kActive && after.state == EmergencyState::kEnded)
    clock.last_ended_secs = block.running_secs();
  ICN_TRY(kEmergencyClocks.put(view, after.scope, clock));
  return kEmergencies.put(view, after.id, after);
}

Result<void> start_emergency(const ledger::BlockContext& block, ledger::View& view, Emergency& emergency,
                             std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(clock, emergency_clock(view, emergency.scope));
  ICN_TRY(check_apart(view, emergency, clock));
  ICN_TRY_ASSIGN(parameters, ledger::load_parameters(view));
  for (const Effect& effect : kEffects) {
    if (effect.kind != emergency.kind) continue;
    const ledger::ParameterRow& row = row_of(effect.parameter);
    const std::int64_t before = parameters.*(row.member);
    const std::int64_t wanted = effect.times == 0 ? effect.value : before * effect.times;
    const std::int64_t during = std::clamp(wanted, row.min, row.max);
    if (during == before) continue;
    ICN_TRY(change_parameter(block, view, std::string(effect.parameter), during, emergency.id));
    emergency.overrides.push_back({std::string(effect.parameter), before, during});
  }
  const std::int64_t power_secs = parameters.governance_emergency_power_secs;
  const std::int64_t length_secs =
      emergency.kind == EmergencyKind::kRegionalOutage ? std::min(power_secs, kOutageSecs) : power_secs;
  emergency.state = EmergencyState::kActive;
  emergency.started_secs = block.running_secs();
  emergency.ends_secs = emergency.started_secs + static_cast<std::uint64_t>(length_secs);
  emergency.due_secs = emergency.ends_secs;
  tell(emergency, events);
  return {};
}

// What a vote changed meanwhile stays as the vote wants it.
Result<void> end_emergency(const ledger::BlockContext& block, ledger::View& view, Emergency& emergency,
                           std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(parameters, ledger::load_parameters(view));
  for (const ParameterOverride& each : emergency.overrides) {
    if (parameters.*(row_of(each.name).member) != each.during) continue;
    ICN_TRY(change_parameter(block, view, each.name, each.before, emergency.id));
  }
  emergency.state = EmergencyState::kEnded;
  emergency.ends_secs = block.running_secs();
  // Without a review in as long again as the powers may last the stake goes back.
  emergency.due_secs =
      emergency.review != EmergencyReview::kPending
          ? 0
          : emergency.ends_secs + static_cast<std::uint64_t>(parameters.governance_emergency_power_secs);
  tell(emergency, events);
  return {};
}

Result<void> review_emergency(const ledger::BlockContext& block, ledger::View& view, Emergency emergency,
                              bool is_justified, const std::string& proposal_id,
                              std::vector<ledger::Event>& events) {
  const Emergency before = emergency;
  if (emergency.started_secs == 0 || emergency.review != EmergencyReview::kPending)
    return Error(kWrongState, "there is nothing to review of " + emergency.id);
  emergency.review = is_justified ? EmergencyReview::kJustified : EmergencyReview::kUnjustified;
  emergency.review_proposal = proposal_id;
  ICN_TRY(give_back_stake(block, view, emergency, !is_justified, events));
  if (emergency.state == EmergencyState::kEnded) emergency.due_secs = 0;
  if (emergency.state == EmergencyState::kActive && !is_justified)
    ICN_TRY(end_emergency(block, view, emergency, events));
  return save_emergency(block, view, before, emergency);
}

Result<void> demand_of_emergencies(const ledger::Reader& state, Proposal& proposal) {
  ICN_TRY_ASSIGN(scope, network_scope(state));
  ICN_TRY_ASSIGN(clock, emergency_clock(state, scope));
  for (const std::string& id : clock.active) {
    ICN_TRY_ASSIGN(emergency, load_emergency(state, id));
    if (emergency.state != EmergencyState::kActive || emergency.kind != EmergencyKind::kGovernanceCapture)
      continue;
    proposal.voting_secs *= 2;
    proposal.quorum.floor_ppm = std::max(proposal.quorum.floor_ppm, kCaptureQuorumPpm);
    proposal.timelock_secs = std::max(proposal.timelock_secs, kCaptureTimelockSecs);
  }
  return {};
}

Result<void> run_emergency_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                               std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(emergency, load_emergency(view, id));
  const Emergency before = emergency;
  if (emergency.state == EmergencyState::kActive) {
    ICN_TRY(end_emergency(block, view, emergency, events));
  } else {
    // Nobody joined in time, or nobody reviewed it.
    if (emergency.state == EmergencyState::kDeclared) {
      emergency.state = EmergencyState::kLapsed;
      tell(emergency, events);
    }
    emergency.review = EmergencyReview::kNone;
    emergency.due_secs = 0;
    ICN_TRY(give_back_stake(block, view, emergency, false, events));
  }
  return save_emergency(block, view, before, emergency);
}

}  // namespace icn::governance
