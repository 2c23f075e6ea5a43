#include "registry/rules.h"

#include "economics/conservation.h"
#include "economics/economy.h"
#include "http/authentication/api_keys.h"
#include "http/idempotency.h"
#include "identity/key_resolver.h"
#include "identity/tables.h"
#include "identity/tx/create_did.h"
#include "ledger/block.h"
#include "ledger/state.h"

namespace icn::registry {

ledger::Rules rules() {
  std::vector<ledger::TransactionType> types;
#define TRANSACTION(number, type, name, governable, doc) \
  types.push_back(ledger::make_transaction_type<type>(number, name, governable, doc));
#include "registry/transactions.def"
#undef TRANSACTION
  return ledger::Rules{ledger::TransactionTypes(std::move(types)),
                       {},
                       {economics::conservation_invariant()},
                       {&economics::genesis_step},
                       &identity::resolve_key,
                       economics::economy()};
}

std::vector<storage::TableSchema> ledger_tables() {
  using namespace ledger;
  return storage::TableSet(kParameters, kClock, kDue, kNetwork, kTransactionPlaces, kHeaders, kBodies,
                           economics::kAccounts, economics::kEntries, economics::kSupply, economics::kGrantCount)
      .schemas();
}

std::vector<storage::TableSchema> node_tables() {
  return {http::ApiKeys::table(), http::IdempotencyStore::table()};
}

}  // namespace icn::registry
