#pragma once

#include <string_view>
#include <vector>

#include "ledger/rules.h"
#include "storage/store.h"

// What identity gives the composition beside its transaction types (tx/) and resolve_key.
namespace icn::identity {

// Event type: {did, version, deactivated}.
inline constexpr std::string_view kDidChanged = "DidChanged";

// Of the limit identity.operations_per_hour.
inline constexpr std::uint64_t kOperationWindowSecs = 3'600;

std::vector<storage::TableSchema> tables();       // of the ledger's store
std::vector<storage::TableSchema> node_tables();  // of what a node keeps for itself

// "identity.versions": versions begin at 1 (also of a DID that comes from another ledger), rise by 1 and link
// to the former one, which is kept; nothing
//   comes after deactivation; DIDs are counted.
// "identity.keys": numbers of keys rise, are at most keys_made, and no row of a key use changes its number.
std::vector<ledger::Invariant> invariants();

}  // namespace icn::identity
