#include "federation/stake.h"

#include <algorithm>

#include "economics/accounts.h"
#include "ledger/view.h"

namespace icn::federation {
namespace {

std::string reference_of(const Did& organization) { return "stake " + organization.text(); }

Result<void> release(const ledger::BlockContext& block, ledger::View& view,
                     std::vector<ledger::Event>* events, const Did& operator_did, Millimana amount,
                     const Did& organization) {
  if (amount.value == 0) return {};
  return economics::release(block, view, events, operator_did, amount, reference_of(organization));
}

std::uint64_t contest_end(const ledger::BlockContext& block) {
  return block.running_secs() + static_cast<std::uint64_t>(block.parameters->federation_contest_secs);
}

template <typename Table>
auto all_of(const Table& table, const ledger::View& view) -> Result<std::vector<typename Table::RecordType>> {
  ICN_TRY_ASSIGN(rows, table.scan(view, {}));
  std::vector<typename Table::RecordType> out;
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    out.push_back(std::move(*row));
  }
}

}  // namespace

Result<FormerValidators> load_former(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(rows, kFormerValidators.scan(state, {}));
  FormerValidators out;
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    Bytes key;
    if (!storage::parse_key(rows.key(), key)) return Error(storage::kCorrupt, "a key cannot be read");
    out.emplace_back(std::move(key), std::move(*row));
  }
}

Result<Millimana> lock_stake(const ledger::ApplyContext& context, ledger::View& view, const Did& operator_did,
                             const Did& organization) {
  ICN_TRY_ASSIGN(available, economics::available(view, context.block, operator_did));
  const Millimana stake{std::min(context.parameters().federation_stake, available.value / 2)};
  if (stake.value <= 0) return Millimana{};
  ICN_TRY(
      economics::lock(context.block, view, &context.events, operator_did, stake, reference_of(organization)));
  return stake;
}

Result<void> leave_stake(const ledger::BlockContext& block, ledger::View& view, const Member& member) {
  if (member.stake.value == 0) return {};
  LeavingStake leaving;
  leaving.organization = member.organization;
  leaving.operator_did = member.operator_did;
  leaving.amount = member.stake;
  leaving.release_secs = contest_end(block);
  leaving.key = std::to_string(leaving.release_secs) + " " + member.organization.text() + " " +
                member.operator_did.text();
  // In and out again within a second.
  ICN_TRY_ASSIGN(other, kLeavingStakes.get(view, leaving.key));
  if (other)
    leaving.amount += other->amount;
  else
    ICN_TRY(ledger::schedule(view, block, leaving.release_secs, kStakeDue, leaving.key));
  return kLeavingStakes.put(view, leaving.key, leaving);
}

Result<void> keep_answerable(const ledger::BlockContext& block, ledger::View& view,
                             const Validator& validator) {
  const Bytes& key = validator.public_key.bytes;
  ICN_TRY_ASSIGN(before, kFormerValidators.get(view, key));
  if (before) ICN_TRY(ledger::unschedule(view, before->forget_secs, kFormerDue, hex_encode(key)));
  const FormerValidator former{validator.organization, validator.operator_did, contest_end(block)};
  ICN_TRY(ledger::schedule(view, block, former.forget_secs, kFormerDue, hex_encode(key)));
  return kFormerValidators.put(view, key, former);
}

Result<void> forget_former(const ledger::BlockContext&, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>&) {
  ICN_TRY_ASSIGN(key, hex_decode(id));
  return kFormerValidators.erase(view, key);
}

Result<void> free_stake(const ledger::BlockContext& block, const std::string& key, ledger::View& view,
                        std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(leaving, kLeavingStakes.get(view, key));
  if (!leaving) return {};
  ICN_TRY(release(block, view, &events, leaving->operator_did, leaving->amount, leaving->organization));
  return kLeavingStakes.erase(view, key);
}

Result<void> free_all_stakes(const ledger::ApplyContext& context, ledger::View& view) {
  ICN_TRY_ASSIGN(leaving, all_of(kLeavingStakes, view));
  for (const LeavingStake& each : leaving) {
    ICN_TRY(ledger::unschedule(view, each.release_secs, kStakeDue, each.key));
    ICN_TRY(free_stake(context.block, each.key, view, context.events));
  }
  ICN_TRY_ASSIGN(validators, load_former(view));
  for (const auto& [key, former] : validators) {
    ICN_TRY(ledger::unschedule(view, former.forget_secs, kFormerDue, hex_encode(key)));
    ICN_TRY(kFormerValidators.erase(view, key));
  }
  ICN_TRY_ASSIGN(members, all_of(kMembers, view));
  for (Member& each : members) {
    ICN_TRY(release(context.block, view, &context.events, each.operator_did, each.stake, each.organization));
    each.stake = {};
    ICN_TRY(kMembers.put(view, each.organization, each));
  }
  return {};
}

}  // namespace icn::federation
