#pragma once

#include <vector>

#include "ledger/rules.h"
#include "storage/store.h"

// What governance gives the composition beside its transaction types (tx/): its own and that of closing.h.
namespace icn::governance {

std::vector<storage::TableSchema> tables();
std::vector<ledger::DueHandler> due_handlers();

// "governance.members": a scope counts its Active members and voters; a role in a member's row has its row; a
// DID is one member of a scope.
// "governance.proposals": a proposal that has not ended has its due row, holds its fee locked and is counted
// as open; one that has ended holds nothing and stays as it is.
std::vector<ledger::Invariant> invariants();
std::vector<ledger::TableIndexer> indexers();

// With governance.open_membership who has a DID made becomes an Active member of scope local; else nothing
// happens.
Result<void> welcome(const ledger::BlockContext& block, ledger::View& view, const Did& did);

}  // namespace icn::governance
