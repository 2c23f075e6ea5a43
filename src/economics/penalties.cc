#include "economics/penalties.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/accounts.h"
#include "economics/errors.h"

namespace icn::economics {
namespace {

// DIDs hold no space.
std::string id_of(const Penalty& penalty) { return penalty.did.text() + " " + penalty.proposal_id; }

std::string reference_of(const Penalty& penalty) { return "penalty " + penalty.proposal_id; }

void tell(std::vector<Event>& events, const Penalty& penalty) {
  events.push_back({std::string(kPenaltyEvent),
                    codec::write_json(codec::Json::object({{"did", penalty.did.text()},
                                                           {"proposal_id", penalty.proposal_id},
                                                           {"state", codec::enum_name(penalty.state)},
                                                           {"amount", codec::to_json(penalty.amount)}}))});
}

Result<void> keep(View& view, const Penalty& penalty) {
  return kPenalties.put(view, {penalty.did, penalty.proposal_id}, penalty);
}

Result<void> plan(const BlockContext& block, View& view, Penalty& penalty, std::int64_t wait_secs) {
  penalty.due_secs = block.running_secs() + static_cast<std::uint64_t>(wait_secs);
  ICN_TRY(ledger::schedule(view, block, penalty.due_secs, kPenaltyDue, id_of(penalty)));
  return keep(view, penalty);
}

Result<void> end(const BlockContext& block, View& view, std::vector<Event>& events, Penalty penalty,
                 PenaltyState state) {
  const std::string reference = reference_of(penalty);
  ICN_TRY(state == PenaltyState::kBurned
              ? slash(block, view, &events, penalty.did, penalty.amount, reference)
              : release(block, view, &events, penalty.did, penalty.amount, reference));
  penalty.state = state;
  penalty.due_secs = 0;
  tell(events, penalty);
  return keep(view, penalty);
}

Error wrong_state(const Penalty& penalty) {
  return Error(kPenaltyState, "the penalty is " + std::string(codec::enum_name(penalty.state)));
}

}  // namespace

Result<Penalty> load_penalty(const ledger::Reader& state, const Did& did, const std::string& proposal_id) {
  ICN_TRY_ASSIGN(penalty, kPenalties.get(state, {did, proposal_id}));
  if (!penalty) return Error(kPenaltyNotFound, proposal_id + " has not punished " + did.text());
  return std::move(*penalty);
}

Result<Penalty> penalize(const BlockContext& block, View& view, std::vector<Event>& events, Penalty penalty) {
  const ledger::Parameters& parameters = *block.parameters;
  ICN_TRY_ASSIGN(is_known, kPenalties.contains(view, {penalty.did, penalty.proposal_id}));
  if (is_known) return Error(kPenaltyExists);
  ICN_TRY_ASSIGN(free, available(view, block, penalty.did));
  const bool is_attack = penalty.offence == PenalizedFor::kNetworkAttack;
  penalty.amount =
      share_of(std::max(free, Millimana{}), is_attack ? parameters.economics_slash_attack_ppm
                                                      : parameters.economics_slash_manipulation_ppm);
  if (penalty.amount.value == 0) return Error(kNothingToSlash, penalty.did.text() + " has nothing available");
  ICN_TRY(lock(block, view, &events, penalty.did, penalty.amount, reference_of(penalty)));
  penalty.state = PenaltyState::kOpen;
  penalty.at = block.time;
  ICN_TRY(plan(block, view, penalty, parameters.economics_penalty_secs));
  tell(events, penalty);
  return penalty;
}

Result<Penalty> contest_penalty(const BlockContext& block, View& view, std::vector<Event>& events,
                                const Did& did, const std::string& proposal_id, const codec::Cid& reason) {
  ICN_TRY_ASSIGN(penalty, load_penalty(view, did, proposal_id));
  if (penalty.state != PenaltyState::kOpen) return wrong_state(penalty);
  ICN_TRY(ledger::unschedule(view, penalty.due_secs, kPenaltyDue, id_of(penalty)));
  penalty.state = PenaltyState::kContested;
  penalty.reason = reason;
  ICN_TRY(plan(block, view, penalty, block.parameters->reputation_arbitration_secs));
  tell(events, penalty);
  return penalty;
}

Result<void> decide_penalty(const BlockContext& block, View& view, std::vector<Event>& events,
                            const PenaltyKey& key, bool is_upheld, const std::string& decided_by) {
  ICN_TRY_ASSIGN(penalty, load_penalty(view, std::get<0>(key), std::get<1>(key)));
  if (!is_pending(penalty.state)) return wrong_state(penalty);
  ICN_TRY(ledger::unschedule(view, penalty.due_secs, kPenaltyDue, id_of(penalty)));
  penalty.ended_by = decided_by;
  return end(block, view, events, penalty, is_upheld ? PenaltyState::kBurned : PenaltyState::kLifted);
}

Result<void> run_penalty_due(const BlockContext& block, const std::string& id, View& view,
                             std::vector<Event>& events) {
  const std::size_t space = id.find(' ');
  if (space == std::string::npos) return Error(errors::kInternal, "no penalty: " + id);
  ICN_TRY_ASSIGN(penalty, load_penalty(view, Did(id.substr(0, space)), id.substr(space + 1)));
  const bool is_contested = penalty.state == PenaltyState::kContested;
  return end(block, view, events, penalty, is_contested ? PenaltyState::kLapsed : PenaltyState::kBurned);
}

}  // namespace icn::economics
