#pragma once

#include <vector>

#include "ledger/due.h"
#include "ledger/rules.h"
#include "storage/store.h"

// What mesh gives the composition beside its transaction types (tx/).
namespace icn::mesh {

std::vector<storage::TableSchema> tables();
std::vector<storage::TableSchema> node_tables();  // of what a node keeps for itself (run_notes.h)
std::vector<ledger::DueHandler> due_handlers();

// "mesh.escrow": of every job that changed: at a final state paid + refunded + burned = locked, before it all
// three are 0; what was locked never changes; attempts rise one by one to 3 at most; a job that has ended
// stays as it is, but for the dispute of what was paid and the end of its effects, and has no due row, nor a
// lock of its executor.
std::vector<ledger::Invariant> invariants();

}  // namespace icn::mesh
