#include "governance/execution.h"

#include <algorithm>

#include "governance/errors.h"

namespace icn::governance {
namespace {

std::string place_of(std::size_t index, const Action& action) {
  return "actions[" + std::to_string(index) + "] " + action.type;
}

bool is_chosen(const Proposal& proposal, const Action& action) {
  if (!action.option) return true;
  if (!proposal.result) return false;
  const std::vector<std::string>& winners = proposal.result->winners;
  return std::ranges::find(winners, *action.option) != winners.end();
}

Result<void> apply_one(const ActionContext& context, const Action& action, ledger::View& view,
                       std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(type, find_action(action.type));
  return type->apply(context, action.data, view, events);
}

}  // namespace

Result<void> execute(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal,
                     std::vector<ledger::Event>& events) {
  const ledger::View::Savepoint savepoint = view.savepoint();
  const std::size_t events_before = events.size();
  const ActionContext context{block, proposal};
  for (std::size_t i = 0; i < proposal.actions.size(); ++i) {
    if (!is_chosen(proposal, proposal.actions[i])) continue;
    const Result<void> done = apply_one(context, proposal.actions[i], view, events);
    if (done.ok()) continue;
    view.rollback(savepoint);
    events.resize(events_before);
    // A fault of this node says nothing about the action: it must not become part of the agreed state.
    if (done.error().category() == Category::kInternal) return done;
    return Error(kActionFailed, place_of(i, proposal.actions[i]) + ": " + done.error().detail());
  }
  return {};
}

Result<Simulation> simulate(const ledger::BlockContext& block, const ledger::Reader& state,
                            const Proposal& proposal) {
  Simulation out;
  ledger::View view(state);
  std::vector<ledger::Event> events;
  const ActionContext context{block, proposal};
  for (std::size_t i = 0; i < proposal.actions.size(); ++i) {
    const ledger::View::Savepoint savepoint = view.savepoint();
    const Result<void> done = apply_one(context, proposal.actions[i], view, events);
    if (done.ok()) continue;
    view.rollback(savepoint);
    out.errors.push_back(place_of(i, proposal.actions[i]) + ": " + done.error().detail());
  }
  ICN_TRY_ASSIGN(diff, differences(block, view));
  out.diff = std::move(diff);
  return out;
}

}  // namespace icn::governance
