#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "codec/values.h"
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

// One of the first validators of a network.
struct GenesisValidator {
  std::string name;  // for people
  Did organization;
  Did operator_did;
  codec::HexBytes public_key;  // Ed25519, that signs blocks
  std::string peer;            // "node id@host:port" of its engine

  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &GenesisValidator::name, "for people", {1, 64}),
                     field("organization", &GenesisValidator::organization, "it stands for"),
                     field("operator_did", &GenesisValidator::operator_did, "who runs it"),
                     field("public_key", &GenesisValidator::public_key, "Ed25519, signs blocks", {32, 32}),
                     field("peer", &GenesisValidator::peer, "node id@host:port of its engine", {1, 300}));
  }
};

// A chain of an engine that goes on where a node that was alone ended.
struct Continuation {
  std::uint64_t height = 0;    // of the newest block before
  codec::HexBytes previous;    // the hash of its header
  codec::HexBytes state_root;  // state_hash() after it

  static constexpr auto fields() {
    using codec::field;
    return described(field("height", &Continuation::height, "of the newest block before"),
                     field("previous", &Continuation::previous, "hash of its header", {32, 32}),
                     field("state_root", &Continuation::state_root, "of the state after it", {32, 32}));
  }
};

// What block 0 is made of. The same text gives the same state.
struct Genesis {
  std::string network;
  std::string profile;  // "production" or "development"
  Did operator_did;
  TimestampSecs time = 0;
  std::optional<std::vector<GenesisValidator>> validators = {};
  std::optional<Continuation> continues = {};  // then there is no new block 0

  static constexpr auto fields() {
    using codec::field;
    return described(field("network", &Genesis::network, "network id", {1, 64}),
                     field("profile", &Genesis::profile, "production or development"),
                     field("operator_did", &Genesis::operator_did, "who runs the first node"),
                     field("time", &Genesis::time, "Unix seconds"),
                     field("validators", &Genesis::validators, "the first ones", {1, 100}),
                     field("continues", &Genesis::continues, "the chain before this one"));
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

// A validator whose part in the engine's agreement changes with a block.
struct ValidatorUpdate {
  Bytes public_key;         // 32 bytes
  std::uint64_t power = 0;  // 0: it is none any more
};
inline constexpr std::uint64_t kValidatorPower = 10;  // of each: all are equal

// Which validators changed, by the rows a block writes over the state `before`; in order of their keys, each
// key once.
using ValidatorChanges = Result<std::vector<ValidatorUpdate>> (*)(const Reader& before,
                                                                  const std::vector<storage::Row>& rows);

struct Rules {
  TransactionTypes types;
  std::vector<DueHandler> due;
  std::vector<Invariant> invariants;
  std::vector<GenesisStep> genesis;
  KeyResolver resolve_key;
  Economy economy;
  ValidatorChanges validator_changes = nullptr;
  // For the summaries of checkpoints; none: all are 0.
  Result<EconomicTotals> (*economic_totals)(const Reader& state) = nullptr;
  std::vector<ProofSubject> proof_subjects = {};
  Punish punish = nullptr;
  std::vector<TableIndexer> indexers = {};  // of every table of the ledger's store that has an index
};

}  // namespace icn::ledger
