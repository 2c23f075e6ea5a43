#include "ledger/verify.h"

#include <algorithm>

#include "ledger/errors.h"
#include "ledger/state.h"

namespace icn::ledger {
namespace {

std::vector<const storage::TableSchema*> agreed_tables(const std::vector<storage::TableSchema>& tables) {
  std::vector<const storage::TableSchema*> agreed;
  for (const auto& table : tables) {
    if (table.id < kAgreedTablesEnd) agreed.push_back(&table);
  }
  std::ranges::sort(agreed, {}, &storage::TableSchema::id);
  return agreed;
}

std::string describe_row(const storage::TableSchema& table, ByteView key) {
  return "state differs from what the blocks say: table " + table.name + ", key " + hex_encode(key);
}

// The first row that one of the two states has and the other has not, or has otherwise.
Result<std::optional<std::string>> compare_table(const storage::TableSchema& table, const Reader& left,
                                                 const Reader& right) {
  ICN_TRY_ASSIGN(a, left.scan(table, {}));
  ICN_TRY_ASSIGN(b, right.scan(table, {}));
  while (true) {
    ICN_TRY_ASSIGN(has_a, a->next());
    ICN_TRY_ASSIGN(has_b, b->next());
    if (!has_a && !has_b) return std::optional<std::string>();
    if (!has_a || !has_b) return std::optional(describe_row(table, has_a ? a->key() : b->key()));
    ICN_TRY_ASSIGN(record_a, a->record());
    ICN_TRY_ASSIGN(record_b, b->record());
    if (!std::ranges::equal(a->key(), b->key()) || record_a != record_b) {
      return std::optional(describe_row(table, BytesLess()(b->key(), a->key()) ? b->key() : a->key()));
    }
  }
}

std::string describe_header(const BlockHeader& stored, const BlockHeader& replayed) {
  const std::string at = "block " + std::to_string(stored.height) + ": ";
  if (stored.previous != replayed.previous) return at + "does not name the block before it";
  if (stored.time != replayed.time) return at + "its time goes back";
  if (stored.transactions_root != replayed.transactions_root) return at + "transactions_root differs";
  if (stored.outcomes_root != replayed.outcomes_root) return at + "outcomes_root differs";
  if (stored.state_delta_hash != replayed.state_delta_hash) return at + "state_delta_hash differs";
  return at + "header differs";
}

class Replay {
 public:
  Replay(const Rules& rules, const Reader& store, storage::Store& scratch)
      : rules_(rules), store_(store), scratch_(scratch), executor_(rules) {}

  // The first difference; none: all blocks replay.
  Result<std::optional<std::string>> run(VerifyReport& report) {
    ICN_TRY_ASSIGN(headers, kHeaders.scan(store_, {}));
    for (std::uint64_t height = 0;; ++height) {
      ICN_TRY_ASSIGN(header, headers.next());
      if (!header) return std::optional<std::string>();
      if (header->height != height) return std::optional("block " + std::to_string(height) + " is missing");
      if (header->version > kBlockVersion)
        return std::optional("block " + std::to_string(height) + " has an unknown version");
      ICN_TRY_ASSIGN(body, kBodies.get(store_, height));
      if (!body) return std::optional("the body of block " + std::to_string(height) + " is missing");
      ICN_TRY_ASSIGN(difference, replay(*header, *body));
      if (difference) return std::move(difference);
      report.height = height;
      report.transactions += body->transactions.size();
      report.head_hash = head_.hash;
    }
  }

 private:
  Result<std::optional<std::string>> replay(const BlockHeader& header, const BlockBody& body) {
    std::vector<std::shared_ptr<const CheckedTransaction>> transactions;
    for (const StoredTransaction& stored : body.transactions) {
      auto transaction = admit(stored);
      if (!transaction.ok()) {
        return std::optional("block " + std::to_string(header.height) + ", transaction " +
                             std::to_string(transactions.size()) + ": " + transaction.error().detail());
      }
      transactions.push_back(std::move(transaction).value());
    }
    Result<ExecutedBlock> block = Error(kDamagedChain);
    if (header.height == 0) {
      ICN_TRY_ASSIGN(json, codec::parse_json(body.genesis));
      ICN_TRY_ASSIGN(genesis, codec::from_json<Genesis>(json));
      block = executor_.genesis(genesis, scratch_);
    } else {
      block = executor_.execute(head_, scratch_, header.time, transactions);
    }
    if (!block.ok())
      return std::optional("block " + std::to_string(header.height) + ": " + block.error().detail());
    head_ = block->head;
    if (head_.hash != header_hash(header)) return std::optional(describe_header(header, head_.header));
    ICN_TRY(scratch_.write(std::move(block->rows), storage::Durability::kBuffered));
    return std::optional<std::string>();
  }

  // What the gateway does before a transaction reaches the log, against the state replayed so far.
  Result<std::shared_ptr<const CheckedTransaction>> admit(const StoredTransaction& stored) {
    ICN_TRY_ASSIGN(transaction,
                   CheckedTransaction::from_stored(rules_.types, stored.canonical, stored.signature));
    const Transaction& envelope = transaction->envelope();
    auto key = rules_.resolve_key(scratch_, envelope.sender, envelope.key);
    // A key changed earlier in the same block: the executor records the refusal, as it did then.
    if (!key.ok()) return std::shared_ptr<const CheckedTransaction>(std::move(transaction));
    transaction->set_verified_key(*key);
    ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(envelope.signature.bytes));
    if (!crypto::verify(*key, transaction->signing_bytes(), signature)) return Error(kBadSignature);
    return std::shared_ptr<const CheckedTransaction>(std::move(transaction));
  }

  const Rules& rules_;
  const Reader& store_;
  storage::Store& scratch_;
  BlockExecutor executor_;
  Head head_;
};

}  // namespace

Result<crypto::Hash> state_hash(const Reader& state, const std::vector<storage::TableSchema>& tables) {
  crypto::Sha256 hash;
  for (const storage::TableSchema* table : agreed_tables(tables)) {
    ICN_TRY_ASSIGN(rows, state.scan(*table, {}));
    while (true) {
      ICN_TRY_ASSIGN(more, rows->next());
      if (!more) break;
      ICN_TRY_ASSIGN(record, rows->record());
      codec::CborWriter writer;
      writer.array(3);
      writer.unsigned_integer(table->id);
      writer.bytes(rows->key());
      writer.bytes(record);
      hash.update(writer.view());
    }
  }
  return hash.finish();
}

Result<VerifyReport> verify_ledger(const Rules& rules, const Reader& store,
                                   const std::vector<storage::TableSchema>& tables, storage::Store& scratch) {
  VerifyReport report;
  ICN_TRY_ASSIGN(difference, Replay(rules, store, scratch).run(report));
  report.difference = std::move(difference);
  for (const storage::TableSchema* table : agreed_tables(tables)) {
    if (report.difference) break;
    ICN_TRY_ASSIGN(found, compare_table(*table, store, scratch));
    report.difference = std::move(found);
  }
  ICN_TRY_ASSIGN(hash, state_hash(store, tables));
  report.state_hash = hash;
  return report;
}

Result<std::optional<std::string>> replay_blocks(const Rules& rules, const Reader& blocks,
                                                 const std::vector<storage::TableSchema>&,
                                                 storage::Store& into, VerifyReport& report) {
  return Replay(rules, blocks, into).run(report);
}

}  // namespace icn::ledger
