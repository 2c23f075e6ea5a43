#pragma once

#include <vector>

#include "ledger/rules.h"
#include "storage/store.h"

namespace icn::registry {

// Everything the ledger runs, from every domain. Lives as long as whoever uses it.
ledger::Rules rules();

// Tables of the ledger's store, agreed and other.
std::vector<storage::TableSchema> ledger_tables();

// Tables of what a node keeps for itself: API keys, idempotency, custody, blocks.
std::vector<storage::TableSchema> node_tables();
// Of every one of these that has an index; those of the ledger's are Rules::indexers.
std::vector<ledger::TableIndexer> node_indexers();

}  // namespace icn::registry
