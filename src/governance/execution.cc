#include "governance/execution.h"

#include <algorithm>

#include "economics/tables.h"
#include "governance/errors.h"
#include "governance/tables.h"
#include "ledger/state.h"

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

// Adds what changed in one table; `path` and `show` make a row readable.
template <typename Record, typename Path, typename Show>
Result<void> add_differences(const ledger::View& view, const storage::TableSchema& table, const Path& path,
                             const Show& show, std::vector<Difference>& out) {
  return view.changes_since(
      0, table,
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (before == after) return {};
        Difference difference;
        if (before) {
          ICN_TRY_ASSIGN(record, codec::decode_record<Record>(*before));
          difference.path = path(record);
          difference.before = show(record);
        }
        if (after) {
          ICN_TRY_ASSIGN(record, codec::decode_record<Record>(*after));
          difference.path = path(record);
          difference.after = show(record);
        }
        if (difference.before && difference.after &&
            codec::write_json(*difference.before) == codec::write_json(*difference.after))
          return {};
        out.push_back(std::move(difference));
        return {};
      });
}

Result<void> add_balances(const ledger::View& view, std::vector<Difference>& out) {
  return view.changes_since(0, economics::kAccounts.schema(),
                            [&](ByteView key, const std::optional<Bytes>& before,
                                const std::optional<Bytes>& after) -> Result<void> {
                              std::string did;
                              ByteView in = key;
                              if (!storage::take_key_part(in, did))
                                return Error(kBroken, "an account has no DID");
                              Difference difference{"balances/" + did, {}, {}};
                              const auto show = [](const Bytes& record) -> Result<codec::Json> {
                                ICN_TRY_ASSIGN(account, codec::decode_record<economics::Account>(record));
                                return codec::to_json(account.balance);
                              };
                              if (before) {
                                ICN_TRY_ASSIGN(shown, show(*before));
                                difference.before = std::move(shown);
                              }
                              if (after) {
                                ICN_TRY_ASSIGN(shown, show(*after));
                                difference.after = std::move(shown);
                              }
                              out.push_back(std::move(difference));
                              return {};
                            });
}

Result<std::vector<Difference>> differences(const ledger::View& view) {
  std::vector<Difference> out;
  ICN_TRY(add_differences<ledger::StoredParameter>(
      view, ledger::kParameters.schema(), [](const auto& row) { return "parameters/" + row.name; },
      [](const auto& row) { return codec::Json(row.value); }, out));
  ICN_TRY(add_differences<Member>(
      view, kMembers.schema(),
      [](const Member& row) { return "members/" + row.scope + "/" + row.did.text(); },
      [](const Member& row) { return codec::to_json(row); }, out));
  ICN_TRY(add_differences<SoftwareUpgrade>(
      view, kSoftwareUpgrades.schema(), [](const auto& row) { return "upgrades/" + row.version; },
      [](const auto& row) { return codec::to_json(row); }, out));
  ICN_TRY(add_balances(view, out));
  return out;
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
  ICN_TRY_ASSIGN(diff, differences(view));
  out.diff = std::move(diff);
  return out;
}

}  // namespace icn::governance
