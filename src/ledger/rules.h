#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "ledger/block.h"
#include "ledger/checkpoint.h"
#include "ledger/due.h"
#include "ledger/transaction_type.h"

// What the domains give the ledger: everything it runs is in here, and nothing else.
namespace icn::ledger {

// Holds after every transaction and every due row, also after a failed one; sees what changed since
// `savepoint`. A failure undoes the transaction.
struct Invariant {
  std::string_view name;
  Result<void> (*holds)(const View& view, View::Savepoint savepoint);
};

// What block 0 is made of. The same text gives the same state.
struct Genesis {
  std::string network;
  std::string profile;  // "production" or "development"
  Did operator_did;
  TimestampSecs time = 0;

  static constexpr auto fields() {
    using codec::field;
    return std::tuple(field("network", &Genesis::network, "network id", {1, 64}),
                      field("profile", &Genesis::profile, "production or development"),
                      field("operator_did", &Genesis::operator_did, "who runs the first node"),
                      field("time", &Genesis::time, "Unix seconds"));
  }
};

using GenesisStep = Result<void> (*)(const Genesis& genesis, const BlockContext& block, View& view);

// The key bytes of verification method `key` if it is valid for `sender` in `state`, else key_not_valid.
using KeyResolver = Result<crypto::PublicKey> (*)(const Reader& state, const Did& sender, const KeyId& key);

// What becomes of a validator that misbehaved.
using Punish = Result<void> (*)(const BlockContext& block, const Misconduct& misconduct, View& view,
                                std::vector<Event>& events);

// A kind of record whose place in the state can be proved (light_proof.h).
struct ProofSubject {
  std::string_view name;  // "balance"
  const storage::TableSchema* table;
  Bytes (*key)(std::string_view id);
  Result<codec::Json> (*show)(ByteView record);
};

// The index values of a table's record, for who copies rows without knowing what they hold.
struct TableIndexer {
  std::uint16_t table;
  Result<storage::IndexValues> (*values)(ByteView record);
};
template <const auto& kTable>
TableIndexer table_indexer() {
  using Type = std::remove_cvref_t<decltype(kTable)>;
  return {kTable.schema().id, [](ByteView bytes) -> Result<storage::IndexValues> {
            ICN_TRY_ASSIGN(record, storage::RecordCodec<typename Type::RecordType>::decode(bytes));
            return kTable.index_values(record);
          }};
}

struct Rules {
  TransactionTypes types;
  std::vector<DueHandler> due;
  std::vector<Invariant> invariants;
  std::vector<GenesisStep> genesis;
  KeyResolver resolve_key;
  Economy economy;
  // For the summaries of checkpoints; none: all are 0.
  Result<EconomicTotals> (*economic_totals)(const Reader& state) = nullptr;
  std::vector<ProofSubject> proof_subjects = {};
  Punish punish = nullptr;
  std::vector<TableIndexer> indexers = {};  // of every table of the ledger's store that has an index
};

}  // namespace icn::ledger
