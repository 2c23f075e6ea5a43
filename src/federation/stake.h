#pragma once

#include <utility>
#include <vector>

#include "federation/tables.h"
#include "ledger/context.h"
#include "ledger/due.h"

// What the operator of a member has at stake: locked when it founds the federation or asks to join by itself,
// free again a while after the member is out. Source: domain.md 5 "Founding", "Slashing of locked stake".
// Thread: the ledger's writer.
namespace icn::federation {

// Kind of the due row of a stake that is to come free; id: its key in kLeavingStakes.
inline constexpr std::string_view kStakeDue = "federation.stake";
// Kind of the due row of a key that nobody answers for any more; id: the key, hex.
inline constexpr std::string_view kFormerDue = "federation.former";

// Locks federation.stake of the operator's account, but no more than half of what it has available: a
// newcomer's mana does not cross, and who locks all it has could neither run jobs nor pay for any.
Result<Millimana> lock_stake(const ledger::ApplyContext& context, ledger::View& view, const Did& operator_did,
                             const Did& organization);

// The member is out: its stake stays locked for federation.contest_secs, since evidence against a validator
// may come so late.
Result<void> leave_stake(const ledger::BlockContext& block, ledger::View& view, const Member& member);

// The validator is out, its organisation perhaps a member still: it answers for the key that much longer.
Result<void> keep_answerable(const ledger::BlockContext& block, ledger::View& view,
                             const Validator& validator);

// All keys that are still answered for, in their order.
using FormerValidators = std::vector<std::pair<Bytes, FormerValidator>>;
Result<FormerValidators> load_former(const ledger::Reader& state);

// All stakes are free at once: the node goes on alone, and there is nothing left to answer for.
Result<void> free_all_stakes(const ledger::ApplyContext& context, ledger::View& view);

// Its time is over.
Result<void> forget_former(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>& events);
Result<void> free_stake(const ledger::BlockContext& block, const std::string& key, ledger::View& view,
                        std::vector<ledger::Event>& events);

}  // namespace icn::federation
