#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "governance/action.h"
#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/view.h"

// What proposals can do: one row of actions.def each. An action is no transaction of the registry: a
// transaction stands for a key of its sender and for the id of a signed message, and neither exists when a
// scope decides; what an action may do is asked of the proposal, not of a sender.
namespace icn::governance {

// Where an action is looked at or done.
struct ActionContext {
  const ledger::BlockContext& block;
  const Proposal& proposal;  // its scope, id, category, threshold
};

// What actions ask of the terms of their proposal.
struct ActionNeeds {
  Millimana spends;
  std::uint64_t threshold_ppm = 0;
  bool expels = false;
  bool admits = false;
  bool rolls_back = false;  // a protocol amendment, and does nothing else
};

struct ActionType {
  std::string_view name;
  ProposalCategory category;   // where it belongs; constitutional proposals may hold any action
  std::string_view waits_for;  // not empty: refused by name until that exists
  std::string_view doc;
  // Whether `data` has the form of the action: no state.
  Result<void> (*check)(const codec::Json& data) = nullptr;
  Result<void> (*needs)(const codec::Json& data, ActionNeeds& needs) = nullptr;
  // Whether it could be done if the proposal passed now; reads alone.
  Result<void> (*validate)(const ActionContext& context, const codec::Json& data,
                           const ledger::Reader& state) = nullptr;
  Result<void> (*apply)(const ActionContext& context, const codec::Json& data, ledger::View& view,
                        std::vector<ledger::Event>& events) = nullptr;
};

std::span<const ActionType> action_types();
// unsupported: no such action, or one whose domain does not exist; the detail names it.
Result<const ActionType*> find_action(std::string_view name);

// Of the form alone. unsupported; malformed or bad_action, with the place of the action in front.
Result<void> check_actions(const std::vector<Action>& actions);
// unsupported actions are left out: check_actions() comes first.
ActionNeeds needs_of(const std::vector<Action>& actions);

// Where a proposal that names no category belongs: by its first action.
ProposalCategory category_of(const std::vector<Action>& actions);
// wrong_category, G010
Result<void> check_category(ProposalCategory category, const std::vector<Action>& actions);

// The first that could not be done, with its place in front of the detail.
Result<void> validate_actions(const ActionContext& context, const ledger::Reader& state);

}  // namespace icn::governance
