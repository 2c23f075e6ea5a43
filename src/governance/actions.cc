#include "governance/actions.h"

#include <algorithm>
#include <set>

#include "governance/action_types.h"
#include "governance/amendments.h"
#include "governance/credential_actions.h"
#include "governance/errors.h"
#include "governance/parameters.h"
#include "governance/reputation_actions.h"

namespace icn::governance {
namespace {

template <typename Type>
constexpr ActionType make_action_type(std::string_view name, ProposalCategory category,
                                      std::string_view doc) {
  using Body = typename Type::Body;
  return {
      name,
      category,
      "",
      doc,
      [](const codec::Json& data) -> Result<void> {
        ICN_TRY_ASSIGN(body, codec::from_json<Body>(data));
        return Type::check(body);
      },
      [](const codec::Json& data, ActionNeeds& needs) -> Result<void> {
        ICN_TRY_ASSIGN(body, codec::from_json<Body>(data));
        return Type::needs(body, needs);
      },
      [](const ActionContext& context, const codec::Json& data, const ledger::Reader& state) -> Result<void> {
        ICN_TRY_ASSIGN(body, codec::from_json<Body>(data));
        return Type::validate(context, body, state);
      },
      [](const ActionContext& context, const codec::Json& data, ledger::View& view,
         std::vector<ledger::Event>& events) -> Result<void> {
        ICN_TRY_ASSIGN(body, codec::from_json<Body>(data));
        return Type::apply(context, body, view, events);
      }};
}

constexpr auto kTypes = std::to_array<ActionType>({
#define ACTION(type, name, category, doc) make_action_type<type>(name, ProposalCategory::category, doc),
#define FUTURE_ACTION(name, category, waits_for) \
  {name, ProposalCategory::category, waits_for, "", nullptr, nullptr, nullptr, nullptr},
#include "governance/actions.def"
#undef FUTURE_ACTION
#undef ACTION
});

std::string place_of(std::size_t index, const Action& action) {
  return "actions[" + std::to_string(index) + "] " + action.type;
}

bool is_of_governance(const Action& action) {
  const codec::Json* name = action.data.find("name");
  return action.type == "UpdateParameter" && name != nullptr && name->string() != nullptr &&
         name->string()->starts_with("governance.");
}

constexpr std::string_view kRollback = "RollbackAmendment";

bool is_of_protocol(const Action& action) {
  const codec::Json* name = action.data.find("name");
  return action.type == "SoftwareUpgrade" || action.type == kRollback ||
         (action.type == "UpdateParameter" && name != nullptr && name->string() != nullptr &&
          is_protocol_parameter(*name->string()));
}

// Who has a vote, and who no more.
bool is_of_votes(const Action& action) {
  const codec::Json* role = action.data.find("role");
  return (action.type == "GrantRole" || action.type == "RevokeRole") && role != nullptr &&
         role->string() != nullptr && *role->string() == kEmeritus;
}

// The rules themselves are changed by constitutional proposals alone.
ProposalCategory category_of(const Action& action) {
  if (is_of_governance(action)) return ProposalCategory::kConstitutional;
  if (is_of_votes(action)) return ProposalCategory::kMembership;
  const auto type = std::ranges::find(kTypes, action.type, &ActionType::name);
  return type == kTypes.end() ? ProposalCategory::kOperational : type->category;
}

bool fits(ProposalCategory category, const Action& action) {
  using enum ProposalCategory;
  const ProposalCategory own = category_of(action);
  if (category == kProtocol) return is_of_protocol(action) || own == kGeneric;
  if (own == kProtocol) return false;
  if (category == own || category == kConstitutional || own == kGeneric) return true;
  if (own == kConstitutional) return false;
  const bool is_parameter = action.type == "UpdateParameter";
  const bool is_role = action.type == "GrantRole" || action.type == "RevokeRole";
  if (category == kEmergency) return is_parameter || action.type == "SuspendMember";
  if (is_parameter) return category == kTechnical || category == kEconomic;
  return is_role && category == kMembership;
}

}  // namespace

std::span<const ActionType> action_types() { return kTypes; }

Result<const ActionType*> find_action(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, &ActionType::name);
  if (found == kTypes.end()) {
    std::string known;
    for (const ActionType& each : kTypes) {
      if (each.waits_for.empty()) known += (known.empty() ? "" : ", ") + std::string(each.name);
    }
    return Error(kUnsupported, "there is no action \"" + std::string(name) + "\"; there are " + known);
  }
  if (!found->waits_for.empty()) {
    return Error(kUnsupported, std::string(name) + " is not supported: this network has no " +
                                   std::string(found->waits_for));
  }
  return &*found;
}

Result<void> check_actions(const std::vector<Action>& actions) {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const Action& action = actions[i];
    const auto type = find_action(action.type);
    if (!type.ok()) return type.error().within("actions[" + std::to_string(i) + "]");
    if (auto checked = (*type)->check(action.data); !checked.ok())
      return checked.error().within(place_of(i, action));
  }
  return {};
}

ActionNeeds needs_of(const std::vector<Action>& actions) {
  ActionNeeds needs;
  for (const Action& action : actions) {
    const auto type = find_action(action.type);
    if (!type.ok()) continue;
    // What cannot be read needs nothing: it was refused by check_actions().
    if (auto asked = (*type)->needs(action.data, needs); !asked.ok()) continue;
  }
  return needs;
}

ProposalCategory category_of(const std::vector<Action>& actions) {
  return actions.empty() ? ProposalCategory::kGeneric : category_of(actions.front());
}

Result<void> check_category(ProposalCategory category, const std::vector<Action>& actions) {
  // What comes along would have a rollback's short periods.
  const bool rolls_back =
      std::ranges::any_of(actions, [](const Action& each) { return each.type == kRollback; });
  if (rolls_back && actions.size() > 1)
    return Error(kWrongCategory, "RollbackAmendment: stands alone in its proposal");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (fits(category, actions[i])) continue;
    if (category_of(actions[i]) == ProposalCategory::kEmergency)
      return Error(kEmergencyOnly, place_of(i, actions[i]) + " belongs into an emergency proposal alone");
    return Error(kWrongCategory, place_of(i, actions[i]) + " belongs into a proposal of category " +
                                     std::string(codec::enum_name(category_of(actions[i]))) + ", not " +
                                     std::string(codec::enum_name(category)));
  }
  return {};
}

Result<void> validate_actions(const ActionContext& context, const ledger::Reader& state) {
  const std::vector<Action>& actions = context.proposal.actions;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    ICN_TRY_ASSIGN(type, find_action(actions[i].type));
    if (auto valid = type->validate(context, actions[i].data, state); !valid.ok())
      return valid.error().within(place_of(i, actions[i]));
  }
  return {};
}

}  // namespace icn::governance
