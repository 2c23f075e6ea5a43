#include "ledger/block_executor.h"

#include <algorithm>
#include <numeric>

#include "ledger/errors.h"
#include "ledger/merkle.h"
#include "ledger/state.h"
#include "ledger/watched_reader.h"

namespace icn::ledger {
namespace {

// Told with the block whose header holds the root of a checkpoint.
Event checkpoint_signed(std::uint64_t epoch, const BlockHeader& header) {
  return {"CheckpointSigned",
          codec::write_json(codec::Json::object({{"epoch", epoch},
                                                 {"height", header.height - kCheckpointDelay},
                                                 {"header_height", header.height},
                                                 {"root", hex_encode(header.checkpoint_root->bytes)}}))};
}

}  // namespace

crypto::Hash state_delta_hash(const std::vector<storage::Row>& rows) {
  constexpr std::size_t kHeads = 16;  // of a row's array and its parts
  std::size_t size = 0;
  for (const storage::Row& row : rows)
    size += row.key.size() + (row.record ? row.record->size() : 0) + kHeads;
  Bytes buffer;
  buffer.reserve(size);
  codec::CborWriter writer(std::move(buffer));
  for (const storage::Row& row : rows) {
    if (row.table->id >= kAgreedTablesEnd) continue;
    writer.array(3);
    writer.unsigned_integer(row.table->id);
    writer.bytes(row.key);
    if (row.record)
      writer.bytes(*row.record);
    else
      writer.null();
  }
  return crypto::sha256(writer.view());
}

Result<ExecutedBlock> BlockExecutor::genesis(const Genesis& genesis, const Reader& empty_state) const {
  View view(empty_state);
  const Parameters parameters = genesis_parameters(genesis.profile == "development");
  for (const ParameterRow& row : parameter_rows())
    ICN_TRY(set_parameter(view, row.name, parameters.*(row.member)));
  ICN_TRY(kNetwork.insert(view, "network",
                          {genesis.network, genesis.profile, genesis.operator_did, genesis.time}));
  const BlockContext block{genesis.network, 0, genesis.time, 0, &parameters};
  for (const GenesisStep step : rules_.genesis) ICN_TRY(step(genesis, block, view));
  ICN_TRY(check_invariants(view, 0));

  ExecutedBlock out;
  BlockHeader header;
  header.time = genesis.time;
  header.previous.bytes = Bytes(32);
  BlockBody body;
  body.genesis = codec::canonical_json(codec::to_json(genesis));
  ICN_TRY(seal(header, body, {}, view, out));
  return out;
}

Result<ExecutedBlock> BlockExecutor::execute(const Head& head, const Reader& state, TimestampSecs time,
                                             TransactionList transactions,
                                             std::span<const Misconduct> misconduct,
                                             const Parameters* known) const {
  const WatchedReader watched(state);
  View view(watched);
  ExecutedBlock out;
  ICN_TRY_ASSIGN(parameters, known ? Result<Parameters>(*known) : load_parameters(state));
  ICN_TRY_ASSIGN(network, kNetwork.get(state, "network"));
  if (!network) return Error(kDamagedChain, "the state has no network record");
  BlockHeader header;
  header.height = head.header.height + 1;
  header.time = std::max(time, head.header.time);
  header.previous.bytes = to_bytes(head.hash);

  ICN_TRY_ASSIGN(running, begin_block_time(view, header.time));
  const BlockContext block{network->network,        header.height, header.time,
                           running.standstill_secs, &parameters,   header.previous.bytes};
  const View::Savepoint before_due = view.savepoint();
  const auto check = [this](const View& seen, View::Savepoint since) {
    return check_invariants(seen, since);
  };
  ICN_TRY_ASSIGN(due_rows, run_due(block, rules_.due, check, view, out.events, out.failures));
  out.due_rows = due_rows.rows + (running.ends_standstill ? 1 : 0);
  if (auto held = check_invariants(view, before_due); !held.ok()) {
    return held.error().within("after the due rows of block " + std::to_string(header.height));
  }

  BlockBody body;
  body.misconduct.assign(misconduct.begin(), misconduct.end());
  for (const Misconduct& each : misconduct) punish(block, each, view, out);
  std::vector<crypto::Hash> ids;
  ids.reserve(transactions.size());
  body.transactions.reserve(transactions.size());
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    const CheckedTransaction& transaction = *transactions[i];
    body.outcomes.push_back(run_one(block, transaction, view, out));
    body.transactions.push_back(
        {std::string(transaction.canonical()), transaction.envelope().signature.bytes});
    ids.push_back(transaction.hash());
  }
  if (roots_) {
    const bool has_changes = !transactions.empty() || !misconduct.empty() || due_rows.domain_rows > 0;
    ICN_TRY_ASSIGN(root, end_checkpoint_block(view, block, network->genesis_secs, has_changes, roots_));
    if (root) header.checkpoint_root = codec::HexBytes{to_bytes(*root)};
    ICN_TRY_ASSIGN(clock, load_checkpoint_clock(view));
    if (clock.pending_height == header.height) out.checkpoint_epoch = clock.epoch;
    if (root) out.events.push_back(checkpoint_signed(clock.epoch, header));
  }
  ICN_TRY(watched.check());
  ICN_TRY(seal(header, body, ids, view, out));
  out.outcomes = std::move(body.outcomes);
  return out;
}

// A failure is a broken rule of ours, as with due rows.
void BlockExecutor::punish(const BlockContext& block, const Misconduct& misconduct, View& view,
                           ExecutedBlock& out) const {
  if (rules_.punish == nullptr) return;
  const View::Savepoint savepoint = view.savepoint();
  const std::size_t events_before = out.events.size();
  Result<void> done = rules_.punish(block, misconduct, view, out.events);
  if (done.ok()) done = check_invariants(view, savepoint);
  if (done.ok()) return;
  view.rollback(savepoint);
  out.events.resize(events_before);
  out.failures.push_back("misconduct of " + hex_encode(misconduct.address.bytes) + ": " +
                         done.error().detail());
}

Outcome BlockExecutor::run_one(const BlockContext& block, const CheckedTransaction& transaction, View& view,
                               ExecutedBlock& out) const {
  const View::Savepoint savepoint = view.savepoint();
  const std::size_t events_before = out.events.size();
  auto output = try_one({block, rules_.economy, transaction, out.events}, view);
  if (!output.ok()) {
    view.rollback(savepoint);
    out.events.resize(events_before);
  }
  if (auto held = check_invariants(view, savepoint); !held.ok()) {
    out.failures.push_back("transaction " + hex_encode(transaction.hash()) + ": " + held.error().detail());
    view.rollback(savepoint);
    out.events.resize(events_before);
    return Outcome::failure(held.error());
  }
  return output.ok() ? Outcome::success(std::move(output).value()) : Outcome::failure(output.error());
}

Result<std::string> BlockExecutor::try_one(const ApplyContext& context, View& view) const {
  const CheckedTransaction& transaction = context.transaction;
  const Transaction& envelope = transaction.envelope();
  if (envelope.network != context.block.network) {
    return Error(kWrongNetwork, "the transaction is for network \"" + envelope.network + "\", this is \"" +
                                    std::string(context.block.network) + "\"");
  }
  if (envelope.expires <= context.block.time) {
    return Error(kExpired, "expired at " + std::to_string(envelope.expires) + ", the block is of " +
                               std::to_string(context.block.time));
  }
  const auto lifetime_max = static_cast<std::uint64_t>(context.parameters().ledger_lifetime_max_secs);
  if (envelope.expires > context.block.time + lifetime_max) {
    return Error(kExpiresTooLate, "may expire at most " + std::to_string(lifetime_max) +
                                      " seconds after its block, at " +
                                      std::to_string(context.block.time + lifetime_max));
  }
  ICN_TRY_ASSIGN(key, rules_.resolve_key(view, envelope.sender, envelope.key));
  if (key != transaction.verified_key()) {
    return Error(kKeyNotValid,
                 "the key " + envelope.key.text() + " has changed since the signature was checked");
  }
  ICN_TRY(transaction.type().precheck(context, transaction.body(), view));
  return transaction.type().apply(context, transaction.body(), view);
}

Result<void> BlockExecutor::check_invariants(const View& view, View::Savepoint savepoint) const {
  for (const Invariant& invariant : rules_.invariants) {
    if (auto held = invariant.holds(view, savepoint); !held.ok()) {
      return Error(kInvariantBroken, std::string(invariant.name) + ": " + held.error().detail());
    }
  }
  return {};
}

Result<void> BlockExecutor::seal(const BlockHeader& draft, const BlockBody& body,
                                 std::span<const crypto::Hash> ids, View& view, ExecutedBlock& out) const {
  out.rows = view.take_rows();
  BlockHeader header = draft;
  std::vector<crypto::Hash> outcome_hashes;
  outcome_hashes.reserve(body.outcomes.size());
  for (const Outcome& outcome : body.outcomes)
    outcome_hashes.push_back(crypto::sha256(codec::encode_record(outcome)));
  header.transactions_root.bytes = to_bytes(merkle_root(ids));
  header.outcomes_root.bytes = to_bytes(merkle_root(outcome_hashes));
  header.state_delta_hash.bytes = to_bytes(state_delta_hash(out.rows));
  out.head = {header, header_hash(header)};

  storage::RowBuffer block_rows(view);
  // In order of their keys: engines fill their tables faster then.
  std::vector<std::uint32_t> by_id(ids.size());
  std::iota(by_id.begin(), by_id.end(), 0);
  std::ranges::sort(by_id, {}, [&](std::uint32_t i) { return ids[i]; });
  for (const std::uint32_t i : by_id) {
    ICN_TRY(kTransactionPlaces.insert(block_rows, to_bytes(ids[i]), {header.height, i}));
  }
  ICN_TRY(kHeaders.insert(block_rows, header.height, header));
  ICN_TRY(kBodies.insert(block_rows, header.height, body));
  for (storage::Row& row : block_rows.take()) out.rows.push_back(std::move(row));
  return {};
}

}  // namespace icn::ledger
